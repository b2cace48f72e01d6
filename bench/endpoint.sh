#!/usr/bin/env bash
# Measures the server of `arc-token exec`: a token from the cache over a kept connection, beside a constant answer of the same server.
# Fails where the token takes more than 1.5 times as long.
#
#   bench/endpoint.sh EMULATOR ARC_TOKEN     the program a release build
set -euo pipefail

die() { printf 'bench/endpoint.sh: %s\n' "$*" >&2; exit 1; }

[ $# -eq 2 ] || die "give the emulator and the program"
emulator=$1 program=$2 bound=1.5
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap 'exec {agent}>&-; rm -rf "$work"' EXIT

cc -O2 -Wall -Wextra -Werror "$root/bench/native/endpoint.c" -o "$work/client"
mkfifo "$work/in"
"$emulator" --until-stdin-closes <"$work/in" >"$work/out" &
exec {agent}>"$work/in" # The emulator ends when this closes.
until [ -s "$work/out" ]; do sleep 0.05; done
value() { sed -n "1s|.*\"$1\":\"\([^\"]*\)\".*|\1|p" "$work/out"; }

# On one processor: to wake another one that has fallen asleep can take longer than the answer.
taskset --cpu-list 0 "$program" exec --endpoint "$(value endpoint)" --key-directory "$(value key_directory)" -- "$work/client" >"$work/times"
read -r constant token ratio <"$work/times"
awk -v constant="$constant" -v token="$token" -v ratio="$ratio" -v bound="$bound" 'BEGIN {
  printf "constant answer %.1f us  cached token %.1f us  ratio %.2f (at most %s)\n", constant / 1000, token / 1000, ratio, bound; exit !(ratio <= bound) }'
