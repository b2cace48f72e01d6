#!/usr/bin/env bash
# Measures PowerShell for Windows under Wine beside PowerShell on this machine, in one run: the import of the module and its first token, as
# a ratio to the import of an empty module. Fails where the ratio under Wine is more than 1.2 times the other.
#
#   bench/wine.sh [ROUNDS]      15 rounds if it is not given. Build first: ./build.sh windows, ./build.sh module
#
# Each PowerShell has an agent emulator of its own system, and all are asked in turns.
set -euo pipefail

say() { printf 'bench/wine.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { die "this machine cannot run PowerShell for Windows: $*"; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
rounds=${1:-15} bound=1.2
cd -- "$root"    # Wine sees what is below it.
export LC_ALL=C # Numbers have points.
. "$root/tests/platforms/wine.sh"
. "$root/tools/platforms/win-x64-tools.sh"
. "$root/tests/platforms/windows/powershell.sh"
. "$root/tools/cargo-folder.sh"
module=$root/out/ArcToken/ArcToken.psd1
[ -f "$module" ] || die "there is no $module: run ./build.sh module"
compgen -G "$root/out/ArcToken/lib/*/win-x64/arc_token.dll" >/dev/null || die "the module has no library for Windows: run ./build.sh windows, then ./build.sh module"
work=$(mktemp -d "$platforms/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

dotnet build "$root/bench/empty-module/EmptyModule.csproj" -c Release -o "$work/EmptyModule" --nologo -v quiet >"$work/log" || die "$(cat "$work/log")"
cp "$root/bench/empty-module/EmptyModule.psd1" "$work/EmptyModule"
windows_cargo build --quiet --release --workspace --example emulator || die "the emulator does not compile for Windows"
emulator=$(cd "$cargo_folder" && cargo build "${locked[@]}" --quiet --release --example emulator --message-format=json-render-diagnostics |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)

wine_starts
trap 'kill $(jobs -p) 2>/dev/null || :; wine_ends; rm -rf "$work"' EXIT
here() {
  DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=0 NO_COLOR=1 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off \
    dotnet "$(cat "$root/target/pwsh")" -NoProfile -NonInteractive "$@" </dev/null
}
native_path() { printf '%s' "$1"; }

# agent NAME COMMAND...   starts an emulator, and waits for its address.
agent() {
  local name=$1
  shift
  "$@" >"$work/$name.agent" 2>/dev/null &
  for _ in $(seq 200); do [[ $(head -n 1 "$work/$name.agent") != *'}'* ]] || return 0; sleep 0.1; done
  die "the emulator does not start: $name"
}
value() { sed -nE "1s/.*\"$2\":\"([^\"]*)\".*/\\1/p" "$work/$1.agent" | sed 's/\\\\/\\/g'; }

# script SYSTEM PEER LOAD COMMAND   makes a script that prints the milliseconds until the module is loaded, and until the command has ended.
script() {
  cat >"$work/$1-$2.ps1" <<X
\$watch = [Diagnostics.Stopwatch]::StartNew()
Import-Module '$3'
\$loaded = \$watch.Elapsed.TotalMilliseconds
\$null = $4
[string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', \$loaded, \$watch.Elapsed.TotalMilliseconds)
X
}

agent here "$emulator"
agent wine wine "$(windows_path "$folder/target/$target/release/examples/emulator.exe")"
for system in here wine; do
  path=native_path
  [ $system = here ] || path=windows_path
  script $system empty "$($path "$work/EmptyModule/EmptyModule.psd1")" Get-Nothing
  script $system token "$($path "$module")" "Get-ArcToken -ForceRefresh -Endpoint '$(value $system endpoint)' -KeyDirectory '$(value $system key_directory)'"
done

for round in $(seq 0 "$rounds"); do
  for peer in empty token; do
    for system in here wine; do
      if [ $system = here ]; then here -File "$work/here-$peer.ps1"; else windows_powershell -File "$(windows_path "$work/wine-$peer.ps1")"; fi >"$work/said" 2>&1 || :
      times=$(tr -d '\r' <"$work/said" | grep -E '^[0-9.]+ [0-9.]+$') || die "no time: $(cat "$work/said")"
      # The first round warms what is read from disk.
      [ "$round" = 0 ] || printf '%s\n' "$times" >>"$work/$system-$peer"
    done
  done
done

# quartile FILE COLUMN PART
quartile() { cut -d ' ' -f "$2" "$1" | sort -n | awk -v part="$3" '{ all[NR] = $1 } END { print all[1 + int(part * (NR - 1))] }'; }
for system in here wine; do
  empty=$(quartile "$work/$system-empty" 1 0.5) token=$(quartile "$work/$system-token" 2 0.5)
  printf '%s: import of an empty module %.0f ms (%.0f to %.0f), import and first token %.0f ms (%.0f to %.0f), ratio %.2f\n' \
    "$([ $system = here ] && echo 'this machine' || echo 'under Wine')" \
    "$empty" "$(quartile "$work/$system-empty" 1 0.25)" "$(quartile "$work/$system-empty" 1 0.75)" \
    "$token" "$(quartile "$work/$system-token" 2 0.25)" "$(quartile "$work/$system-token" 2 0.75)" "$(awk "BEGIN { print $token / $empty }")"
  awk "BEGIN { print $token / $empty }" >"$work/$system-ratio"
done
awk -v here="$(cat "$work/here-ratio")" -v wine="$(cat "$work/wine-ratio")" -v bound="$bound" 'BEGIN {
  printf "under Wine / this machine %.2f (at most %s)\n", wine / here, bound; exit !(wine / here <= bound) }'
