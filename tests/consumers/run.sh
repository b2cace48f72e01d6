#!/usr/bin/env bash
# Runs consumers of tokens, real packages of npm, NuGet and Debian, against the agent emulator, and prints what each does as a row of a
# table: what works as it is, with the variables that the agent's installer sets and without, what it says when the agent refuses, and
# how a ready token arrives. Its last line is "N passed, N failed, N skipped".
#
#   tests/consumers/run.sh EMULATOR ARC_TOKEN [ROW...]      the two programs; names of files in rows/, all if not given
#
# Not part of the usual tests: it needs the packages' registries, and minutes.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 2 ] || { echo "usage: tests/consumers/run.sh EMULATOR ARC_TOKEN [ROW...]" >&2; exit 2; }
skip() { echo "SKIP: $*"; exit 77; }
[ "$(uname -s)" = Linux ] || skip "namespaces are a thing of Linux"
[ "$(id -u)" = 0 ] || skip "the consumers' key directory is fixed, so this needs a mount namespace, and that needs root"
unshare --mount --net --pid --fork --kill-child --mount-proc true 2>/dev/null || skip "this machine does not allow namespaces, even to root"
EMULATOR=$(realpath "$1") ARC_TOKEN=$(realpath "$2")
export EMULATOR ARC_TOKEN
shift 2
[ $# -gt 0 ] || for row in "$here"/rows/*.sh; do set -- "$@" "$(basename "$row" .sh)"; done

passed=0 failed=0 skipped=0
echo '| consumer | with the variables | without | when the agent refuses | a ready token |'
echo '| --- | --- | --- | --- | --- |'
for row; do
  code=0
  text=$(timeout 600 bash "$here/rows/$row.sh" 2>&1) || code=$?
  case $code in
    0) passed=$((passed + 1)); echo "$text" ;;
    77) skipped=$((skipped + 1)); echo "SKIP $row: $(tail -n 1 <<<"${text#SKIP }")" ;;
    *) failed=$((failed + 1)); grep -q '^FAIL' <<<"$text" || echo "FAIL $row"; echo "$text" ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
