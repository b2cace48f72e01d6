#!/usr/bin/env bash
# Microsoft.Identity.Client 4.92.0, NuGet, on .NET 10.0. Last run 2026-11-29.
#
# .NET's HttpClient takes no loopback address out of HTTP_PROXY by itself, and reads NO_PROXY its own way: names, addresses and
# .suffixes. Forms that other clients know mean nothing to it, without a word: "*" (curl, Python, npm's), 127.0.0.0/8 (Go, newer curl),
# 127.0.0.1:PORT (Go). Then the request for a token, with the agent's key or App Service's secret, goes to the proxy. NO_PROXY=127.0.0.1
# works if IDENTITY_ENDPOINT is spelt so; `localhost` needs a word of its own.
. "$(dirname "$0")/common.sh"

nuget_program Microsoft.Identity.Client@4.92.0 <<'CS'
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.AppConfig;

try { await ManagedIdentityApplicationBuilder.Create(ManagedIdentityId.SystemAssigned).Build().AcquireTokenForManagedIdentity("https://vault.azure.net").ExecuteAsync(); }
catch (MsalException) { }
CS
endpoint 400 '{"message":"I am the proxy"}'
asked() { # NO_PROXY
  : >"$work/requests"
  # Nothing listens on port 9.
  alone env HTTP_PROXY="http://127.0.0.1:$port" NO_PROXY="$1" IDENTITY_ENDPOINT="http://${2:-127.0.0.1}:9/msi" IDENTITY_HEADER=s timeout 60 dotnet "$work/out/program.dll" || true
  if [ "$(requests)" -gt 0 ]; then echo "through the proxy"; else echo direct; fi
}
same "NO_PROXY=127.0.0.1" "$(asked 127.0.0.1)" direct
same "NO_PROXY=127.0.0.1, and the name" "$(asked 127.0.0.1 localhost)" 'through the proxy'
for value in '*' 127.0.0.0/8 127.0.0.1:9; do
  same "NO_PROXY=$value" "$(asked "$value")" 'through the proxy'
done
same "what the proxy gets" "$(cat "$work/requests")" 'GET http://127.0.0.1:9/msi?api-version=2019-08-01&resource=https://vault.azure.net | x-identity-header: s*'
