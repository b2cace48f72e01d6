#!/usr/bin/env bash
# The Pester tests of the module in PowerShell for Windows, under Wine, with the library, the program and the agent emulator built for
# Windows. Its last line is "N passed, N failed, N skipped"; it ends with 77, and the reason in its last line, where the machine cannot
# build for Windows, or has no Wine or no PowerShell for Windows.
#
#   tests/platforms/win-x64-module.sh MODULE [FILE...]      MODULE is the finished module's folder, with the library for Windows. FILEs are
#                                                           tests in place of all that pester-files.txt names
set -euo pipefail

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "skipped, because this machine cannot run PowerShell for Windows: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
here=$root/tests/platforms
. "$here/wine.sh"
. "$root/tools/platforms/win-x64-tools.sh"
. "$here/windows/powershell.sh"
module=$(realpath -- "$1")
shift
shipped=$("$root/tools/platforms/win-x64.sh")
# In the profile of the program's tests, which need it, too. In the other one the library would be compiled with the features of tests.
windows_cargo build --quiet --package arc-token --example emulator || die "the emulator does not compile for Windows"
list=$here/windows/pester-files.txt
for file in "$root"/tests/powershell/*.Tests.ps1; do
  grep -qE "^(run  |not  )${file##*/}(: .+|\$)" "$list" || die "${list#"$root/"} does not say whether ${file##*/} runs on Windows"
done
[ $# -gt 0 ] || set -- $(sed -n 's/^run  //p' "$list")

wine_starts
log=$(mktemp "$wine_state/pester.XXXXXX")
trap 'wine_ends; rm -f "$log"' EXIT
export ARCTOKEN_SLOWER=${ARCTOKEN_SLOWER:-3}
export ARCTOKEN_MODULE=$(windows_path "$module") ARCTOKEN_EMULATOR=$(windows_path "$folder/target/$target/debug/examples/emulator.exe")
export ARCTOKEN_PROGRAM=$(windows_path "$shipped/arc-token.exe") ARCTOKEN_TEST_LIBRARIES=$(windows_path "$root/target/test-libraries")
# pester FILE...   runs tests, and prints what they print. Into a file first: Wine's server and what it starts hold their output for longer
# than PowerShell runs.
pester() {
  local file paths=() code=0
  for file; do paths+=("$(windows_path "$root/tests/powershell/${file##*/}")"); done
  windows_powershell -File "$(windows_path "$root/tools/build/pester.ps1")" "${paths[@]}" >"$log" 2>&1 || code=$?
  cat "$log"
  return "$code"
}
counts() { tail -n 1 "$log" | tr -d '\r' | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p'; }

code=0
pester "$@" || code=$?
read -r passed failed skipped < <(counts) || exit "$code"
[ "$failed" -gt 0 ] || exit "$code"

# Wine has faults of its own that come now and then, in a file or two. Such a file is run again, and what fails then has failed; the first
# time is told all the same.
mapfile -t again < <(tr -d '\r' <"$log" | awk '/^Running tests from / { gsub(/.*[\\]|\x27$/, ""); file = $0 } /^ *\[-\]/ && file != "" { print file }' | sort -u)
[ ${#again[@]} -gt 0 ] && [ ${#again[@]} -le 3 ] || exit "$code"
say "again, because it failed: ${again[*]}"
code=0
pester "${again[@]}" || code=$?
read -r _ still _ < <(counts) || exit "$code"
[ "$still" -gt 0 ] || say "failed once, and not again: ${again[*]}"
printf '%s passed, %s failed, %s skipped\n' $((passed + failed - still)) "$still" "$skipped"
exit "$code"
