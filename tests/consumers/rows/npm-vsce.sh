#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `@vscode/vsce`, `--azure-credential`' 3.9.2
npm_packages @vscode/vsce@3.9.2
cat >"$work/get.cjs" <<'JS'
const { getAzureCredentialAccessToken } = require('@vscode/vsce/out/auth.js');
getAzureCredentialAccessToken().then(console.log, e => console.log(e.message.replaceAll('\n', ' ')));
JS
states with 'works, 2 requests' node get.cjs
states without 'works, 2 requests' node get.cjs
states refused '* request*: *Can not acquire a Microsoft Entra ID access token*' node get.cjs
print_row
