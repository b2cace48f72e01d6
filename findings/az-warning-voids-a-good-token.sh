#!/usr/bin/env bash
# @azure/identity 4.13.1, npm. Last run 2026-11-29.
#
# AzureCliCredential runs a program named az, and looks at its standard error before anything else: if the words "az login" stand
# there, in whatever sentence, the token on standard output is thrown away and the error says to run 'az login'. The exit status is
# not looked at: a token from a program that ended with 3 is taken. So a wrapper named az that puts a machine's token in (for clients
# that cannot ask the agent) must not mention the command it stands in for.
. "$(dirname "$0")/common.sh"

npm_packages @azure/identity@4.13.1
cat >"$work/get.mjs" <<'JS'
import { AzureCliCredential } from '@azure/identity';
try { console.log((await new AzureCliCredential().getToken('https://vault.azure.net/.default')).token); }
catch (e) { console.log(`${e.name}: ${e.message}`); }
JS
mkdir "$work/bin"
az() { # what it writes to standard error; its exit status
  printf '#!/bin/sh\necho "%s" >&2\necho %s\nexit %s\n' "$1" "'{\"accessToken\":\"T\",\"expires_on\":1900000000,\"tokenType\":\"Bearer\"}'" "$2" >"$work/bin/az"
  chmod +x "$work/bin/az"
  (cd "$work" && alone env PATH="$work/bin:$PATH" node get.mjs)
}
same "some warning" "$(az 'WARNING: this is the machine, not a person' 0)" T
same "a warning with the words" "$(az 'WARNING: this is the machine, az login was not run' 0)" "CredentialUnavailableError: Please run 'az login' from a command prompt*"
same "exit status 3" "$(az '' 3)" T
