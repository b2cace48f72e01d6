#!/usr/bin/env bash
# Counts the instructions (callgrind) of two builds beside each other: of a warm exchange through the C ABI, and of the program
# `arc-token` from its start to its token. Fails where the second build needs more than BOUND of the first.
#
#   bench/instructions.sh EMULATOR BEFORE AFTER [BOUND]     each of the two a folder with libarc_token.so and arc-token, release builds;
#                                                           BOUND (default 1.1) is for the exchange, the program's is 1.1
#
# Needs valgrind and a C compiler. The counts do not depend on the load of the machine; the kernel's work is not in them. The times
# that are printed with them do, and have the kernel's work in them: those of a warm exchange beside a bare pair of requests over a socket.
set -euo pipefail

die() { printf 'bench/instructions.sh: %s\n' "$*" >&2; exit 1; }

[ $# -eq 3 ] || [ $# -eq 4 ] || die "give the emulator and the folders of two builds"
emulator=$1 before=$2 after=$3
for file in "$emulator" {"$before","$after"}/{libarc_token.so,arc-token}; do [ -f "$file" ] || die "there is no $file"; done
declare -A bound=([exchange]=${4:-1.1} [program]=1.1)
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap 'exec {agent}>&-; rm -rf "$work"' EXIT

for name in abi bare; do cc -O2 -pthread "$root/bench/native/$name.c" -o "$work/$name" -ldl; done
mkfifo "$work/in"
"$emulator" --until-stdin-closes <"$work/in" >"$work/out" &
exec {agent}>"$work/in" # The emulator ends when this closes.
until [ -s "$work/out" ]; do sleep 0.05; done
value() { sed -n "1s|.*\"$1\":\"\([^\"]*\)\".*|\1|p" "$work/out"; }
endpoint=$(value endpoint) keys=$(value key_directory) port=$(sed -n '1s|.*"port":\([0-9]*\).*|\1|p' "$work/out")

# The instructions of a program, in all its threads.
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p' | grep . || die "no count: $*"
}
# The difference of two numbers of exchanges in one process leaves its start out.
exchange() {
  local few many
  few=$(instructions "$work/abi" "$1/libarc_token.so" exchange "$endpoint" "$keys" 10)
  many=$(instructions "$work/abi" "$1/libarc_token.so" exchange "$endpoint" "$keys" 60)
  echo $(((many - few) / 50))
}
program() { instructions "$1/arc-token" --endpoint "$endpoint" --key-directory "$keys"; }
# The median of five, because a wait that is cut in pieces takes more or fewer of them.
median() { for _ in 1 2 3 4 5; do "$@"; done | sort -n | sed -n 3p; }

failed=0
for what in exchange program; do
  one=$(median "$what" "$before") other=$(median "$what" "$after")
  awk -v what="$what" -v one="$one" -v other="$other" -v bound="${bound[$what]}" \
    'BEGIN { printf "%-10s before %10d  after %10d  ratio %.3f (at most %s)\n", what, one, other, other / one, bound; exit !(other / one <= bound) }' || failed=1
done

# spread NAME   the quartiles of the nanoseconds in $work/NAME, as microseconds; "median q1 q3".
spread() { grep -E '^[0-9]+$' "$work/$1" | sort -n | awk '{ all[NR] = $1 / 1000 } END { print all[int((NR + 1) / 2)], all[int((NR + 3) / 4)], all[int((3 * NR + 1) / 4)] }'; }
for _ in {1..20}; do # In turns, so that a busy moment of the machine is everybody's.
  "$work/bare" "$port" https%3A%2F%2Fmanagement.azure.com%2F 50 >>"$work/bare.times"
  "$work/abi" "$before/libarc_token.so" exchange "$endpoint" "$keys" 50 >>"$work/before.times"
  "$work/abi" "$after/libarc_token.so" exchange "$endpoint" "$keys" 50 >>"$work/after.times"
done
read -r load _ </proc/loadavg
for name in bare before after; do
  read -r median q1 q3 < <(spread "$name.times")
  printf '%-10s %6.0f us (%.0f .. %.0f)\n' "$name" "$median" "$q1" "$q3"
done
printf 'load of the machine: %s\n' "$load"
exit "$failed"
