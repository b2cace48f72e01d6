#!/usr/bin/env bash
# Measures how long `./build.sh demo` takes in a fresh clone of the last commit: with the crates of an archive, beside the same with
# Debian's packages; and getting the crates alone. Fails where the archive's median is more than 0.8 of Debian's.
#
#   bench/crates.sh [ROUNDS [ARCHIVE]]        default: 3 rounds, and ../shared/crates.tar.xz beside the checkout
#
# Worth something only on a machine that does nothing else: the load before each run is printed, too.
set -euo pipefail

die() { printf 'bench/crates.sh: %s\n' "$*" >&2; exit 1; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
rounds=${1:-3} archive=${2:-${root%/*}/shared/crates.tar.xz} bound=0.8
[ -f "$archive" ] || die "there is no archive '$archive'"
archive=$(realpath "$archive")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

now() { printf '%s' "${EPOCHREALTIME//[.,]/}"; } # Microseconds.
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", (to - from) / 1e6 }'; }

# run NAME CHOICE   a line "NAME seconds-for-the-crates seconds-in-all load".
run() {
  local clone=$work/clone begin got load
  read -r load _ </proc/loadavg
  git clone --quiet "$root" "$clone"
  begin=$(now)
  (cd "$clone" && ARCTOKEN_CRATES=$2 tools/crates.sh) >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "no crates from $2"; }
  got=$(now)
  # The build finds the crates in their place.
  (cd "$clone" && ARCTOKEN_CRATES=$2 ./build.sh demo) >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "the demo failed"; }
  printf '%s %s %s %s\n' "$1" "$(seconds "$begin" "$got")" "$(seconds "$begin" "$(now)")" "$load"
  rm -rf "$clone"
}

# median NAME COLUMN
median() { awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$work/runs" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

printf '%-10s %10s %10s %6s\n' '' 'crates, s' 'in all, s' load
for ((round = 1; round <= rounds; round++)); do
  run archive "$archive" >>"$work/runs"
  run debian debian >>"$work/runs"
  tail -n 2 "$work/runs" | xargs -L 1 printf '%-10s %10s %10s %6s\n'
done
for name in archive debian; do
  printf '%-10s %10s %10s\n' "$name" "$(median "$name" 2)" "$(median "$name" 3)"
done | sed 's/$/ median/'
awk -v archive="$(median archive 3)" -v debian="$(median debian 3)" -v bound="$bound" \
  'BEGIN { printf "in all, archive / debian: %.2f (at most %s)\n", archive / debian, bound; exit archive > bound * debian }'
