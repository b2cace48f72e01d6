#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
. "$here/clients/nuget-azure-identity.sh"
states with 'works, 2 requests' "${client[@]}"
states without 'works, 2 requests' "${client[@]}"
states refused '* request*: AuthenticationFailedException: *' "${client[@]}"
print_row
