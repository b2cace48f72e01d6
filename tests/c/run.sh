#!/usr/bin/env bash
# Builds the C programs beside this file with include/arc_token.h, as C11 and as C++17, and runs them, directly and under
# valgrind. Prints "PASS name" or "FAIL name" for each check, "skipped: name: reason" for a check that cannot run, and at the end
# "N passed, N failed, N skipped".
#
#   tests/c/run.sh [LIBRARY EMULATOR [LIBRARY_WITH_SYMBOLS]]
#
# LIBRARY               the shared library to test, with any file name (or ARCTOKEN_LIBRARY)
# EMULATOR              the agent emulator, as built by cargo (or ARCTOKEN_EMULATOR)
# LIBRARY_WITH_SYMBOLS  a library that is not stripped: with its names, valgrind can distinguish lost blocks from those in use;
#                       by default the one that cargo built together with the emulator
#
# ARCTOKEN_LONG=1 adds the tests that take minutes: 100,000 calls, and more rounds of many threads.
# ARCTOKEN_SANITIZE=address compiles the programs with AddressSanitizer, and turns valgrind off. LIBRARY must be compiled so, too.
# ARCTOKEN_RUNNER is a program that runs those for another platform, which CC compiles; then there is neither C++ nor valgrind.
# ARCTOKEN_RUNNER_THREADS is the number of threads that it has beside the program's own.
set -uo pipefail

library=${1:-${ARCTOKEN_LIBRARY:-}}
emulator=${2:-${ARCTOKEN_EMULATOR:-}}
[ -f "$library" ] && [ -x "$emulator" ] || { echo "usage: tests/c/run.sh LIBRARY EMULATOR [LIBRARY_WITH_SYMBOLS]" >&2; exit 2; }
symbols=${3:-$(dirname "$emulator")/../deps/libarc_token.so}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
include=$here/../../include

work=$(mktemp -d)
emulator_processes=()
finish() {
  [ ${#emulator_processes[@]} -eq 0 ] || { kill "${emulator_processes[@]}" && wait "${emulator_processes[@]}"; } 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

passed=0 failed=0 skipped=0
pass() { printf 'PASS %s\n' "$1"; passed=$((passed + 1)); }
fail() { printf 'FAIL %s\n' "$1"; failed=$((failed + 1)); }
skip() { printf 'skipped: %s: %s\n' "$1" "$2"; skipped=$((skipped + 1)); }
totals() {
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
  exit
}

# Programs find the library by its name at link time, in the folder of LD_LIBRARY_PATH.
mkdir "$work/shipped" "$work/symbols"
ln -s "$(realpath "$library")" "$work/shipped/libarc_token.so"
[ ! -f "$symbols" ] || ln -s "$(realpath "$symbols")" "$work/symbols/libarc_token.so"

# build LABEL PROGRAM COMPILER...
build() {
  local label=$1 program=$2
  shift 2
  local sources=("$here/$program.c" "$here/include_twice.c")
  if "$@" ${ARCTOKEN_SANITIZE:+"-fsanitize=$ARCTOKEN_SANITIZE"} -Wall -Wextra -Werror -pedantic -g -I "$include" "${sources[@]}" -x none -o "$work/$label-$program" \
    -L "$work/shipped" -larc_token -pthread >"$work/compiler" 2>&1; then
    pass "$label: $program compiles without a warning"
  else
    sed 's/^/     /' "$work/compiler"
    fail "$label: $program compiles without a warning"
  fi
}

# check NAME COMMAND...   The command prints its own lines. Its exit code is one more check, for a command that dies silently.
check() {
  local name=$1 code
  shift
  "$@" >"$work/output" 2>&1
  code=$?
  cat "$work/output"
  passed=$((passed + $(grep -c '^PASS ' "$work/output")))
  failed=$((failed + $(grep -c '^FAIL ' "$work/output")))
  if [ "$code" -eq 0 ]; then pass "$name"; else fail "$name (exit code $code)"; fi
}

plain() {
  local label=$1 program=$2
  shift 2
  [ -x "$work/$label-$program" ] || return 0
  check "$label: $program runs to its end" env LD_LIBRARY_PATH="$work/shipped" ${ARCTOKEN_RUNNER:+"$ARCTOKEN_RUNNER"} "$work/$label-$program" "$label" "$@"
}

# under_valgrind shipped|symbols KINDS LABEL PROGRAM ARGUMENTS...   KINDS are the kinds of lost blocks that are errors.
under_valgrind() {
  local which=$1 kinds=$2 label=$3 program=$4
  shift 4
  [ -z "${ARCTOKEN_SANITIZE:-}${ARCTOKEN_RUNNER:-}" ] || return 0
  local name="$label: $program with the $which library under valgrind"
  command -v valgrind >/dev/null || { skip "$name" "valgrind is not installed"; return 0; }
  [ -e "$work/$which/libarc_token.so" ] || { skip "$name" "there is no $symbols"; return 0; }
  [ -x "$work/$label-$program" ] || return 0
  check "$name" env LD_LIBRARY_PATH="$work/$which" \
    valgrind --quiet --error-exitcode=9 --leak-check=full "--errors-for-leak-kinds=$kinds" "--show-leak-kinds=$kinds" \
    --num-callers=30 --suppressions="$here/valgrind.supp" "$work/$label-$program" "$label, valgrind, $which" "$@"
}

# start_emulator [ARGUMENTS...]   Sets $endpoint and $keys.
start_emulator() {
  local output=$work/emulator.${#emulator_processes[@]} ready=
  "$emulator" "$@" >"$output" 2>&1 &
  emulator_processes+=($!)
  for _ in $(seq 100); do
    ready=$(head -n 1 "$output")
    [[ $ready == *'}' ]] && break
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  endpoint=$(sed -n 's/.*"endpoint":"\([^"]*\)".*/\1/p' <<<"$ready")
  keys=$(sed -n 's/.*"key_directory":"\([^"]*\)".*/\1/p' <<<"$ready")
  [ -n "$endpoint" ] && [ -n "$keys" ] || { sed 's/^/     /' "$output"; fail "the emulator starts"; totals; }
}

# The hammer test must call every exported function, or it proves nothing about the others.
every_function_is_hammered() {
  local function missing=
  for function in $(sed -nE 's/^[a-z].*[ *](arc_token_[a-z_]+)\(.*/\1/p' "$include/arc_token.h"); do
    grep -q "$function(" "$here/hammer_test.c" || missing+=" $function"
  done
  if [ -z "$missing" ]; then
    pass "hammer_test calls every function of the header"
  else
    fail "hammer_test calls every function of the header, but not:$missing"
  fi
}

for program in abi_test exchange_test hammer_test long_test; do
  build c11 "$program" "${CC:-gcc}" -std=c11
  [ -n "${ARCTOKEN_RUNNER:-}" ] || build c++17 "$program" "${CXX:-g++}" -std=c++17 -x c++
done

start_emulator
for label in c11 c++17; do
  plain "$label" abi_test
  plain "$label" exchange_test "$endpoint" "$keys"
done
every_function_is_hammered
rounds=200
[ -z "${ARCTOKEN_LONG:-}" ] || rounds=5000
[ -z "${ARCTOKEN_RUNNER:-}" ] || rounds=20 # An emulated processor is ten times slower.
plain c11 hammer_test "$endpoint" "$keys" "$rounds"
# The language makes no difference here, so one is enough. Possibly lost blocks are errors, too, as by valgrind's defaults, except
# those of the C library in the file of suppressions.
under_valgrind shipped definite,indirect,possible c11 abi_test
under_valgrind shipped definite,indirect,possible c11 exchange_test "$endpoint" "$keys"
under_valgrind symbols definite,indirect,possible c11 abi_test
under_valgrind symbols definite,indirect,possible c11 exchange_test "$endpoint" "$keys"
under_valgrind symbols definite,indirect c11 hammer_test "$endpoint" "$keys" 10

if [ -n "${ARCTOKEN_LONG:-}" ]; then
  agents=("$endpoint" "$keys")
  start_emulator --fault key-path-passwd
  agents+=("$endpoint" "$keys")
  start_emulator --fault 403-after-challenge
  plain c11 long_test 100000 "${agents[@]}" "$endpoint" "$keys"
fi

totals
