#!/usr/bin/env bash
# Tests of build.sh on machines that lack something, in a checkout of its own with tools that only say that they were called. A line
# "PASS name" or "FAIL name" for each, at the end "N passed, N failed".
set -uo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$(cd -- "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
checkout=$work/checkout bin=$work/bin

program() { printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"; chmod +x "$bin/$1"; }

# What each test begins with: the build's scripts, crates "of the registry", and a PATH with the system's tools, but without these.
fresh() {
  local tool
  rm -rf "$checkout" "$bin"
  mkdir -p "$checkout/tools" "$bin"
  cp -r "$root/build.sh" "$root/build.ps1" "$checkout"
  cp -r "$root/tools/build" "$root/tools/cargo-folder.sh" "$checkout/tools"
  printf '#!/bin/sh\nprintf "%%s\\n" --locked "%s"\n' "$checkout" >"$checkout/tools/crates.sh"
  printf 'echo "fuzzed $*"\n' >"$checkout/tools/fuzz.sh"
  chmod +x "$checkout/tools/crates.sh"
  for tool in sh bash awk grep sed id dirname mkdir cp rm tail cat chmod mktemp; do ln -s "$(command -v "$tool")" "$bin/$tool"; done
}
rust() {
  program cc 'exit 0'
  # Builds a program that says where it runs and what it was given.
  program cargo "
    [ \"\$1\" != --version ] || exit 0
    echo \"\$*\" >>$work/cargo
    printf '#!/bin/sh\necho \"in \$PWD: \$*\"\n' >$work/arc-token; chmod +x $work/arc-token
    echo '{\"reason\":\"compiler-artifact\",\"executable\":\"$work/arc-token\"}'
    echo '{\"reason\":\"build-finished\",\"success\":true}'"
}

# build ARGUMENTS...   runs it in $work. Sets $code and $said.
build() {
  : >"$work/cargo"
  said=$(cd "$work" && PATH=$bin HOME=$work bash "$checkout/build.sh" "$@" 2>&1 </dev/null)
  code=$?
}
names() { for words; do [[ $said == *"$words"* ]] || return 1; done; }

the_module_wants_net_alone() {
  rust
  build module
  [ "$code" -eq 1 ] && names "'module'" 'install the .NET SDK' && ! names Rust && ! names 'cannot run'
}
the_program_wants_rust_alone() { build cli; [ "$code" -eq 1 ] && names "'cli'" 'install Rust' 'install a C compiler' && ! names .NET; }
a_cargo_that_fails_is_not_called_missing() {
  rust
  program cargo 'echo "rustup could not choose a version" >&2; exit 1'
  build cli
  [ "$code" -eq 1 ] && names "'cargo --version' fails" "HOME=$work" 'rustup could not choose' && ! names 'install Rust'
}
a_dotnet_that_fails_is_not_called_missing() {
  rust
  program dotnet 'echo "no ICU" >&2; exit 134'
  build module
  [ "$code" -eq 1 ] && names "'dotnet --list-sdks' fails" 'no ICU' && ! names 'install the .NET'
}
the_program_is_built_without_net() {
  rust
  build cli
  [ "$code" -eq 0 ] && grep -q -- '--locked.* --release --package arc-token-cli' "$work/cargo" && [ -x "$checkout/out/bin/arc-token" ]
}
a_build_that_fails_is_a_failure() {
  rust
  program cargo '[ "$1" = --version ]'
  build cli
  [ "$code" -eq 1 ] && names 'cargo build failed' && [ ! -e "$checkout/out/bin" ]
}
the_emulator_runs_without_net_in_the_callers_folder() {
  rust
  build emulator -- --port 1 --key-directory 'a b'
  [ "$code" -eq 0 ] && names "in $work: --port 1 --key-directory a b"
}
fuzzing_needs_no_net() { rust; build fuzz -- 5; [ "$code" -eq 0 ] && names 'fuzzed 5'; }
cleaning_needs_nothing() {
  mkdir -p "$checkout"/{target,out}/x
  build clean
  [ "$code" -eq 0 ] && [ ! -e "$checkout/target" ] && [ ! -e "$checkout/out" ]
}
the_tasks_of_windows_have_the_same_names() {
  local task
  for task in $(sed -nE 's/^  (clean|cli|emulator|fuzz|linux|windows)\)( .*)?$/\1/p' "$root/tools/build/cargo-tasks.sh"); do
    grep -q "^task $task" "$root/build.ps1" || return 1
    count=$((${count:-0} + 1))
  done
  [ "${count:-0}" -eq 6 ]
}

for name in $(declare -F | awk '{ print $3 }'); do
  case $name in fresh | rust | program | build | names) continue ;; esac
  fresh
  if "$name"; then
    echo "PASS ${name//_/ }"
    passed=$((passed + 1))
  else
    echo "FAIL ${name//_/ }: exit code ${code:-}: ${said:-}"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
