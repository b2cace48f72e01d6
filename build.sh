#!/usr/bin/env bash
# Builds, tests and shows ArcToken. Checks what the task needs, fetches PowerShell as a .NET tool, and hands over to build.ps1. Tasks
# that need no .NET are done by tools/build/cargo-tasks.sh. On Windows: .\build.ps1 TASK
set -euo pipefail

caller=$PWD
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

die() { printf 'build.sh: %s\n' "$@" >&2; exit 1; }

# The tasks and what they do stand in build.ps1 alone: a comment "# Synopsis: …" before each `task NAME`.
tasks() { awk '/^# Synopsis: / { text = substr($0, 13) } /^task / && text { printf "  %-10s%s\n", $2, text; text = "" }' "$root/build.ps1"; }

usage() {
  printf 'usage: ./build.sh TASK [-- ARGUMENTS]\n\n'
  tasks
  printf '\nARCTOKEN_CRATES=registry|debian|ARCHIVE forces where the Rust crates come from; ARCHIVE is the path of a crates.tar.xz.\n'
}

task=${1:-}
if ! tasks | awk '{ print $1 }' | grep -qxF -- "$task"; then
  [ -z "$task" ] || [ "$task" = --help ] || [ "$task" = -h ] || printf 'build.sh: there is no task "%s"\n\n' "$task" >&2
  usage >&2
  exit 2
fi
shift
[ "${1:-}" != -- ] || shift

# runs PROGRAM ARGUMENTS...   whether a program that is there can run. If not, ends with what it says: it is not for want of it.
runs() {
  local said
  said=$("$@" 2>&1) || die "'$*' fails, as user $(id -un) with HOME=${HOME:-}. It says:" "${said:-(nothing)}"
}

# What is missing for this task.
missing=()
case $task in
  clean) needs=() ;;
  cli | emulator | fuzz | linux | windows) needs=(cargo cc) ;;
  *) needs=(cargo cc dotnet) ;;
esac
for tool in "${needs[@]}"; do
  case $tool in
    cargo)
      if command -v cargo >/dev/null; then
        runs cargo --version
      else
        missing+=('Rust with cargo, version 1.88 or later (https://www.rust-lang.org/tools/install)')
      fi
      ;;
    cc) command -v cc >/dev/null || missing+=('a C compiler named cc (on Debian and Ubuntu the package build-essential)') ;;
    dotnet)
      ! command -v dotnet >/dev/null || runs dotnet --list-sdks
      dotnet --list-sdks 2>/dev/null | grep -qE '^[1-9][0-9]+\.' || missing+=('the .NET SDK, version 10 or later (https://dotnet.microsoft.com/download)')
      ;;
  esac
done
[ ${#missing[@]} -eq 0 ] || die "for the task '$task' there is missing:" "${missing[@]/#/install }"

for folder in "$root" "$root/target" "$root/out"; do
  [ ! -e "$folder" ] || [ -w "$folder" ] || die "user $(id -un) may not write to $folder: use a clone of your own"
done

# cargo, dotnet and PowerShell keep files below HOME. Where nothing can be written there, they get a folder of the build's.
if [ ! -w "${HOME:-}" ]; then
  export RUSTUP_HOME=${RUSTUP_HOME:-${HOME:-}/.rustup} HOME=$root/target/home
  mkdir -p "$HOME"
fi
[ -w "${CARGO_HOME:-$HOME}" ] || export CARGO_HOME=$root/target/home/.cargo
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
# Pipes and sockets for debuggers, left in the temporary folder by a process that is killed.
export DOTNET_EnableDiagnostics=0 POWERSHELL_DIAGNOSTICS_OPTOUT=1

# A path is one below the caller's folder.
case ${ARCTOKEN_CRATES:-} in
  '' | registry | debian | /*) ;;
  *) [ ! -f "$ARCTOKEN_CRATES" ] || export ARCTOKEN_CRATES=$caller/$ARCTOKEN_CRATES ;;
esac

cd -- "$root"
case $task in
  clean | cli | emulator | fuzz | linux | windows)
    . tools/build/cargo-tasks.sh
    exit
    ;;
esac
# Asked for its path, to run it without the two processes of `dotnet pwsh` in between: signals reach it then.
if [ ! target/pwsh -nt .config/dotnet-tools.json ] || [ ! -f "$(cat target/pwsh)" ]; then
  mkdir -p target
  scratch=$(mktemp -d) # `dotnet tool` leaves folders in the temporary folder.
  trap 'rm -rf "$scratch"' EXIT
  log=$(TMPDIR=$scratch dotnet tool restore 2>&1) || die "PowerShell, a .NET tool, could not be fetched:" "$log"
  home=$(TMPDIR=$scratch dotnet pwsh -NoProfile -Command '$PSHOME')
  printf '%s/pwsh.dll\n' "$home" >target/pwsh
  rm -rf "$scratch"
fi
exec dotnet "$(cat target/pwsh)" -NoProfile -WorkingDirectory "$caller" -File "$root/build.ps1" "$task" "$@"
