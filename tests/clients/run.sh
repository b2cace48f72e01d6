#!/usr/bin/env bash
# Tests the agent emulator with Microsoft's own libraries: Azure.Identity and MSAL get tokens from it.
#
#   tests/clients/run.sh EMULATOR [CLIENTS]     the emulator's program; the folder of the built Clients.dll, built if not given
#
# The libraries always use the key directory and port of a real agent. So everything runs in new mount, network and process
# namespaces: a real agent's files and port are neither seen nor touched, and no process outlives the script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() { echo "SKIP: $*"; exit 77; }

[ $# -ge 1 ] || { echo "usage: tests/clients/run.sh EMULATOR [CLIENTS]" >&2; exit 2; }
[ "$(uname -s)" = Linux ] || skip "namespaces are a thing of Linux"
[ "$(id -u)" = 0 ] || skip "the clients' key directory is fixed, so this needs a mount namespace, and that needs root"
[ -d /opt ] && [ -d /var/opt ] || skip "this machine has no /opt or no /var/opt"
namespaces=(unshare --mount --net --pid --fork --kill-child --mount-proc)
"${namespaces[@]}" true 2>/dev/null || skip "this machine does not allow namespaces, even to root"

emulator=$(realpath "$1")
clients=${2:-$here/../../target/clients}
if [ $# -lt 2 ]; then
  # These settings keep MSBuild from leaving processes behind.
  MSBUILDDISABLENODEREUSE=1 dotnet build "$here/Clients.csproj" --output "$clients" --nologo --verbosity quiet -p:UseSharedCompilation=false >&2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${namespaces[@]}" bash "$here/inside.sh" "$emulator" "$(realpath "$clients")/Clients.dll" "$work"
