#!/usr/bin/env bash
# Runs the tests on a made-up machine that has an agent: its program, its key directory, its port and its variables are there. The tests
# must pass all the same, and must ask no agent but their own.
#
#   tests/installed/run.sh EMULATOR [COMMAND...]     the emulator's program; what runs the PowerShell tests, if they are to run, too
#
# Everything runs in new mount, network and process namespaces: a real agent is neither seen nor touched.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
skip() { echo "SKIP: $*"; exit 77; }

[ $# -ge 1 ] || { echo "usage: tests/installed/run.sh EMULATOR [COMMAND...]" >&2; exit 2; }
[ "$(uname -s)" = Linux ] || skip "namespaces are a thing of Linux"
[ "$(id -u)" = 0 ] || skip "only root can make a machine with an agent"
[ -d /opt ] && [ -d /var/opt ] || skip "this machine has no /opt or no /var/opt"
namespaces=(unshare --mount --net --pid --fork --kill-child --mount-proc)
"${namespaces[@]}" true 2>/dev/null || skip "this machine does not allow namespaces, even to root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
emulator=$(realpath "$1")
shift
"${namespaces[@]}" bash "$here/inside.sh" "$root" "$work" "$emulator" "$@"
