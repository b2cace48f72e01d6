#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `@azure/identity`, `DefaultAzureCredential`' 4.13.1
npm_packages @azure/identity@4.13.1
cat >"$work/get.mjs" <<'JS'
import { DefaultAzureCredential } from '@azure/identity';
console.log(await new DefaultAzureCredential().getToken('https://vault.azure.net/.default').then(t => t.token, e => `${e.name}: ${e.message.replaceAll('\n', ' ')}`));
JS
states with 'works, 2 requests' node get.mjs
states without 'works, 2 requests' node get.mjs
states refused '* request*: *ChainedTokenCredential authentication failed*' node get.mjs
print_row
