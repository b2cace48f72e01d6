#!/usr/bin/env bash
# Tests of what is shipped for Linux, with the C library of Debian bullseye in place of this machine's: the C interface and the program,
# against the agent emulator; those for arm64 under qemu's user mode. Builds them first where they are not there.
# Prints "PASS name" or "FAIL name" for each check, and at the end "N passed, N failed, N skipped". Ends with 77, and the reason in its last
# line, where this machine cannot build them.
#
#   tests/platforms/linux.sh linux-x64|linux-arm64
set -euo pipefail

say() { printf 'linux: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "skipped, because this machine cannot build for older Linux: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
platform=${1:-}
. "$root/tools/platforms/linux-tools.sh"
. "$root/tools/cargo-folder.sh"
linux_tools "$platform"
shipped=$("$root/tools/platforms/linux.sh" "$platform")
emulator=$(cd "$cargo_folder" && cargo build "${locked[@]}" --quiet --example emulator --message-format=json-render-diagnostics |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)

work=$(mktemp -d)
trap 'kill "${agent:-}" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
skipped=0
. "$root/tests/checks.sh"
# refuses WORDS COMMAND...   the command fails, and says WORDS.
refuses() {
  local words=$1 said code=0
  shift
  said=$("$@" 2>&1) || code=$?
  printf 'exit code %s: %s\n' "$code" "$said"
  [ "$code" -ne 0 ] && [[ $said == *"$words"* ]]
}
arc_token() { "$programs/run" "$shipped/arc-token" "$@"; }

# The C tests, compiled for the platform.
code=0
[ "$platform" != linux-arm64 ] || export ARCTOKEN_RUNNER_THREADS=1 # qemu's.
CC=$programs/cc ARCTOKEN_RUNNER=$programs/run bash "$root/tests/c/run.sh" "$shipped/arc_token.so" "$emulator" >"$work/c" 2>&1 || code=$?
head -n -1 "$work/c"
read -r passed failed skipped < <(tail -n 1 "$work/c" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p') || failed=1
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1

# The program.
"$emulator" >"$work/agent" 2>&1 &
agent=$!
for _ in $(seq 100); do [[ $(head -n 1 "$work/agent") != *'}' ]] || break; sleep 0.1; done
value() { sed -nE "1s/.*\"$1\":\"([^\"]*)\".*/\\1/p" "$work/agent"; }
at=(--endpoint "$(value endpoint)" --key-directory "$(value key_directory)")
gets_a_token() { [[ $(arc_token --resource https://vault.azure.net "${at[@]}") =~ ^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$ ]]; }
is_this_version() { [ "$(arc_token --version)" = "arc-token $(cat "$shipped/version")" ]; }
check 'arc-token says its version' is_this_version
check 'arc-token gets a token' gets_a_token
check 'arc-token refuses an address elsewhere' refuses 'loopback' arc_token --resource https://vault.azure.net --endpoint http://192.0.2.1/
check 'library and program ask for no glibc after 2.28' "$root/tools/platforms/glibc.sh" "$shipped/arc_token.so" "$shipped/arc-token"

# Proof that the last check can fail: a library that would like a newer function, and would do without it.
printf 'extern int gettid(void) __attribute__((weak)); int getpid(void); int id(void) { return gettid ? gettid() : getpid(); }\n' >"$work/weak.c"
"$programs/cc" -shared -fPIC -o "$work/weak.so" "$work/weak.c"
check 'a weak symbol of glibc 2.30 is refused' refuses 'needs glibc 2.30' "$root/tools/platforms/glibc.sh" "$work/weak.so"

printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
