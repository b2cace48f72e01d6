#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
. "$here/clients/npm-msal-node.sh"
states with 'works, 2 requests' "${client[@]}"
states without 'works, 2 requests' "${client[@]}"
states refused '1 request: ServerError: *' "${client[@]}"
print_row
