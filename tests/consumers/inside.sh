#!/usr/bin/env bash
# The part of `arc` in common.sh that runs inside the namespaces.
set -euo pipefail

emulator=$1 work=$2 machine=$3
shift 3
. "$(dirname "${BASH_SOURCE[0]}")/../clients/agent.sh"
ip link set lo up
shadow /opt
shadow /var/opt
mkdir -p "${himds%/*}"
install -m 755 /dev/null "$himds"
if [ "$machine" = refused ]; then
  start --port "$default_port" --fault 403-before-challenge
elif [ "$machine" = short ]; then
  start --port "$default_port" --token-lifetime 200
else
  start --port "$default_port"
fi
if [ "$machine" != without ]; then
  export IDENTITY_ENDPOINT="http://localhost:$default_port/metadata/identity/oauth2/token" IMDS_ENDPOINT="http://localhost:$default_port"
fi
code=0
(cd "$work" && timeout 120 "$@") || code=$?
last_issued >"$work/issued"
count requests >"$work/asked"
exit "$code"
