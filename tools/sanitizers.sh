#!/usr/bin/env bash
# Runs the Rust and the C tests under AddressSanitizer and valgrind. Before that, it proves that both find planted memory errors:
# through the library's own allocator, and inside the library.
#
#   tools/sanitizers.sh
#
# Prints "PASS name" or "FAIL name" for each check, "skipped: name: reason" for a check that cannot run, and at the end
# "N passed, N failed, N skipped". AddressSanitizer needs a nightly Rust; its builds are in target/asan.
set -uo pipefail

say() { printf 'sanitizers: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
out=${CARGO_TARGET_DIR:-$root/target}/asan
. "$root/tools/cargo-folder.sh"
mkdir -p "$out"
work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

passed=0 failed=0 skipped=0
pass() { printf 'PASS %s\n' "$1"; passed=$((passed + 1)); }
fail() { printf 'FAIL %s\n' "$1"; failed=$((failed + 1)); }
skip() { printf 'skipped: %s: %s\n' "$1" "$2"; skipped=$((skipped + 1)); }
# Prints the errors in the last output, and the end of that output.
show() { { grep -aE 'panicked at|ERROR: ' -A 5 "$work/output" | head -n 40; echo ...; tail -n 30 "$work/output"; } | sed 's/^/     /'; }

# found NAME WORDS COMMAND...   The command must fail, and its output must match WORDS.
found() {
  local name=$1 words=$2
  shift 2
  if "$@" >"$work/output" 2>&1; then
    show
    fail "$name is found (it was not)"
  elif grep -qE "$words" "$work/output"; then
    pass "$name is found"
  else
    show
    fail "$name is found (something else was)"
  fi
}

# quiet NAME COMMAND...   The command must succeed.
quiet() {
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    pass "$name"
  else
    show
    fail "$name"
  fi
}

# suite NAME COMMAND...   The command runs tests, and counts the passed ones like cargo or tests/c/run.sh.
suite() {
  local name=$1 code ok
  shift
  "$@" >"$work/output" 2>&1
  code=$?
  ok=$(sed -nE 's/^(test result: .* )?([0-9]+) passed[;,].*/\2/p' "$work/output" | awk '{ sum += $1 } END { print sum + 0 }')
  if [ "$code" -eq 0 ] && [ "$ok" -gt 0 ]; then
    pass "$name ($ok passed)"
  else
    show
    fail "$name ($ok passed, exit code $code)"
  fi
}

# AddressSanitizer's words for the planted errors.
free='heap-use-after-free' past='heap-buffer-overflow'

in_cargo_folder() { (cd "$cargo_folder" && "$@"); }
sanitized() {
  in_cargo_folder env ARCTOKEN_SLOWER=4 LSAN_OPTIONS=print_suppressions=0:suppressions="$root/tests/sanitizers/leaks.supp" RUSTFLAGS=-Zsanitizer=address cargo +nightly "$1" "${locked[@]}" --quiet --target "$sanitized_target" --target-dir "$out" "${@:2}"
}
compile_c() { "${CC:-gcc}" -std=c11 -g -I "$root/include" "$root/tests/sanitizers/planted.c" -o "$@" -larc_token; }

address_sanitizer() {
  local name="AddressSanitizer" built=$out/$sanitized_target/debug rust c
  rustc +nightly --version >/dev/null 2>&1 || { skip "$name" "there is no nightly Rust (rustup toolchain install nightly)"; return; }
  nightly_asan >/dev/null || { skip "$name" "this nightly Rust has none"; return; }
  say "building with AddressSanitizer"
  sanitized build --lib --examples >"$work/output" 2>&1 || { show; fail "$name: the library is built with it"; return; }
  pass "$name: the library is built with it"

  rust=$built/examples/planted
  quiet "$name: without a planted error it finds none in Rust" "$rust" none
  found "$name: a use after free in Rust" "$free" "$rust" use-after-free
  found "$name: an overflow in Rust" "$past" "$rust" overflow

  c=$work/planted-asan
  if compile_c "$c" -fsanitize=address -L "$built" >"$work/output" 2>&1; then
    quiet "$name: without a planted error it finds none in C" env LD_LIBRARY_PATH="$built" "$c" none
    found "$name: a use after free in C of the library's text" "$free" env LD_LIBRARY_PATH="$built" "$c" use-after-free
    found "$name: a use after free inside the library" "$free" env LD_LIBRARY_PATH="$built" "$c" inside
    found "$name: an overflow in C" "$past" env LD_LIBRARY_PATH="$built" "$c" overflow
    suite "$name: C tests" env -u ARCTOKEN_LONG ARCTOKEN_SANITIZE=address bash "$root/tests/c/run.sh" "$built/libarc_token.so" "$built/examples/emulator"
  else
    show
    fail "$name: a C program is built with it"
  fi
  # Some tests cannot run under it: it turns mlock off; a process has terabytes of memory, too much to search; and the programs
  # of the examples are not built for it.
  local without=(_example_ the_documentations_commands_work the_memory_is_locked the_search_finds_what_is_there
    a_token_is_in_its_result a_token_as_a_string nothing_is_left_of_)
  suite "$name: Rust tests" sanitized test --lib --tests --no-fail-fast -- "${without[@]/#/--skip=}"
}

under_valgrind() {
  local name=valgrind profile rust c
  command -v valgrind >/dev/null || { skip "$name" "it is not installed"; return; }
  in_cargo_folder cargo build "${locked[@]}" --quiet --lib --examples >"$work/output" 2>&1 || { show; fail "$name: the library is built"; return; }
  profile=$(in_cargo_folder cargo metadata "${locked[@]}" --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug
  rust=$profile/examples/planted c=$work/planted
  local tool=(valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect
    --show-leak-kinds=definite,indirect
    --suppressions="$root/tests/c/valgrind.supp")

  quiet "$name: without a planted error it finds none in Rust" "${tool[@]}" "$rust" none
  found "$name: a use after free in Rust" "inside a block of size 64 free'd" "${tool[@]}" "$rust" use-after-free
  found "$name: an overflow in Rust" 'after a block of size 64 alloc' "${tool[@]}" "$rust" overflow
  if compile_c "$c" -L "$profile" >"$work/output" 2>&1; then
    quiet "$name: without a planted error it finds none in C" env LD_LIBRARY_PATH="$profile" "${tool[@]}" "$c" none
    found "$name: a use after free in C of the library's text" "free'd" env LD_LIBRARY_PATH="$profile" "${tool[@]}" "$c" use-after-free
    found "$name: a use after free inside the library" "free'd" env LD_LIBRARY_PATH="$profile" "${tool[@]}" "$c" inside
    found "$name: an overflow in C" 'after a block of size' env LD_LIBRARY_PATH="$profile" "${tool[@]}" "$c" overflow
  else
    show
    fail "$name: a C program is built"
  fi
  # Every run of tests/c/run.sh runs the C tests under valgrind. Of the Rust tests only those of the exported functions run here:
  # the unsafe code is behind these functions.
  suite "$name: Rust tests of the C ABI" in_cargo_folder env \
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="${tool[*]}" cargo test "${locked[@]}" --test abi --no-fail-fast
}

address_sanitizer
under_valgrind
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
