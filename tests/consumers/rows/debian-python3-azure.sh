#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
. "$here/clients/debian-python3-azure.sh"
states with 'works, 2 requests' "${client[@]}"
# It does not look for the agent's program.
states without '0 requests: CredentialUnavailableError: *no response from the IMDS endpoint*' "${client[@]}"
states refused '1 request: *' "${client[@]}"
print_row
