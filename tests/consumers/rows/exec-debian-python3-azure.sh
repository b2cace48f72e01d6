#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
through='`arc-token exec`: '
. "$here/clients/debian-python3-azure.sh"
through_exec 'works, 2 requests' 'App Service 2019-08-01' "${client[@]}"
renews 'works, 4 requests' env TWICE=1 "$ARC_TOKEN" exec -- "${client[@]}"
states refused '1 request: *' "$ARC_TOKEN" exec -- "${client[@]}"
print_row
