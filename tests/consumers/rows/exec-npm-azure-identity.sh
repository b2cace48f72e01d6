#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
through='`arc-token exec`: '
. "$here/clients/npm-azure-identity.sh"
through_exec 'works, 2 requests' 'App Service 2019-08-01' "${client[@]}"
renews 'works, 4 requests' env TWICE=1 "$ARC_TOKEN" exec -- "${client[@]}"
states refused '* request*: CredentialUnavailableError: *' "$ARC_TOKEN" exec -- "${client[@]}"
print_row
