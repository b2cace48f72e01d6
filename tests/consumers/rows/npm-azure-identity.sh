#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
. "$here/clients/npm-azure-identity.sh"
# Two calls, one exchange of two requests: the second call is from its cache.
states with 'works, 2 requests' "${client[@]}"
states without 'works, 2 requests' "${client[@]}"
states refused '2 requests: CredentialUnavailableError: ManagedIdentityCredential: Authentication failed. Message *' "${client[@]}"
print_row
