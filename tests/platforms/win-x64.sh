#!/usr/bin/env bash
# Tests of the Windows programs under Wine. Its last line is "N passed, N failed, N skipped"; it ends with 77, and the reason in its last
# line, where the machine cannot build for Windows or has no Wine.
#
#   tests/platforms/win-x64.sh library|cli [ARGUMENTS OF CARGO TEST...]
#   tests/platforms/win-x64.sh build    compiles the tests of both, and runs none
set -euo pipefail

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "skipped, because this machine cannot run Windows programs: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
here=$root/tests/platforms
. "$here/wine.sh"
. "$root/tools/platforms/win-x64-tools.sh"
part=$1
shift
case $part in
  library) package=arc-token ;;
  cli) package=arc-token-cli ;;
  build)
    # Each alone, as they are run: together they would have other features of the crates.
    for package in arc-token arc-token-cli; do
      windows_cargo test --quiet --no-run --package "$package" || die "the tests of $package cannot be compiled"
    done
    exit
    ;;
  *) die "there is no part '$part'" ;;
esac

# Cargo runs each test program with this.
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$here/run-in-wine.sh
wine_starts
log=$(mktemp)
trap 'rm -f "$log"; wine_ends' EXIT
# The program's tests run in Wine, where there is no cargo that could make it.
[ "$part" = library ] || windows_cargo build --quiet --package arc-token --example emulator
code=0
# The temporary folder is where the programs of the documentation's examples are made. Wine sees what is below $root.
TMPDIR=$wine_state/tmp windows_cargo test --no-fail-fast --package "$package" "$@" 2>&1 | tee "$log" || code=$?
awk -v code="$code" '/^test result: / { passed += $4; failed += $6; skipped += $8 }
  END { if (code && !failed) failed = 1; printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$log"
exit "$code"
