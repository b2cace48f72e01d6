#!/usr/bin/env bash
# Runs a Windows program for cargo, with the Wine that win-x64.sh has started. Its output goes through a file: programs that Wine starts
# on its own hold it for longer than the program runs.
set -uo pipefail

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { die "$*"; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$root/tests/platforms/wine.sh"

output=$(mktemp)
unset TMPDIR # Wine's server looks for a folder of its own there.
trap 'rm -f "$output"' EXIT
in_wine_root timeout --kill-after=5 "${WINE_LIMIT:-300}" /usr/lib/wine/wine64 "$@" </dev/null >"$output" 2>&1
code=$?
cat "$output"
[ "$code" -ne 124 ] || echo "error: the program was ended after its time limit"
exit "$code"
