#!/usr/bin/env bash
# azure-cli 2.45.0-1, Debian 12. Last run 2026-11-29.
#
# `az login --identity` of Debian's azure-cli (the newest that its `apt` has) does see
# MSI_ENDPOINT, but speaks Cloud Shell's protocol to it whether MSI_SECRET is set or not: a POST without the secret. IDENTITY_ENDPOINT
# is not looked at. So an endpoint that wants its secret refuses, and the error names "MSI" and a status, not the missing header.
# On Arc: azure-cli 2.67 and later.
. "$(dirname "$0")/common.sh"

need apt-get dpkg-deb unshare
[ -x /usr/bin/python3 ] || skip "Debian's python3 is not installed"
packages=$(apt-get --simulate --no-install-recommends install azure-cli=2.45.0-1 2>/dev/null | awk '$1 == "Inst" { print $2 }')
[ -n "$packages" ] || [ -x /usr/bin/az ] || skip "Debian: azure-cli 2.45.0-1 is not to be had"
# shellcheck disable=SC2086 # words
debian_packages $packages
endpoint 403 '{"error":"forbidden","error_description":"no secret"}'
login() {
  alone env PYTHONPATH="$work/root/usr/lib/python3/dist-packages" AZURE_CONFIG_DIR="$work/azure" AZURE_CORE_COLLECT_TELEMETRY=no "$@" \
    /usr/bin/python3 -m azure.cli login --identity --allow-no-subscriptions 2>&1 | tr '\n' ' ' || true
}
same "version" "$(alone env PYTHONPATH="$work/root/usr/lib/python3/dist-packages" AZURE_CONFIG_DIR="$work/azure" /usr/bin/python3 -m azure.cli version --query '"azure-cli"' -o tsv)" 2.45.0
same "error" "$(login MSI_ENDPOINT="http://127.0.0.1:$port/msi" MSI_SECRET=s)" '*Failed to connect to MSI*403*'
same "request" "$(head -n 1 "$work/requests")" 'POST /msi | metadata: true | resource=https%3A%2F%2Fmanagement.core.windows.net%2F'
: >"$work/requests"
# Without a network of its own it would ask 169.254.169.254, where somebody may answer.
unshare --map-root-user --net true 2>/dev/null || skip "this machine allows no network namespace"
answer=$(alone env PYTHONPATH="$work/root/usr/lib/python3/dist-packages" AZURE_CONFIG_DIR="$work/azure" AZURE_CORE_COLLECT_TELEMETRY=no \
  IDENTITY_ENDPOINT="http://127.0.0.1:$port/msi" IDENTITY_HEADER=s \
  unshare --map-root-user --net /usr/bin/python3 -m azure.cli login --identity --allow-no-subscriptions 2>&1 | tr '\n' ' ' || true)
same "IDENTITY_ENDPOINT" "$answer" "*host='169.254.169.254'*"
