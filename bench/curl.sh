#!/usr/bin/env bash
# A token with bash and curl: send a request, read the file that the refusal names, send it again.
#   curl.sh ENDPOINT RESOURCE
set -euo pipefail
url="$1?api-version=2020-06-01&resource=$2"
path=$(curl -s -D - -o /dev/null -H Metadata:true "$url" | sed -n 's/^[Ww]ww-[Aa]uthenticate: Basic realm=//p' | tr -d '\r\n')
curl -s -H Metadata:true -H "Authorization: Basic $(cat "$path")" "$url"
