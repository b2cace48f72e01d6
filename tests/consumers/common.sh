# What the rows share. A row is a script in rows/: it fetches a consumer's packages, runs it on an emulated Arc machine, and prints what
# happened as a row of a table. It ends with 0, with 1 if something else happened than it states, or with 77 if it cannot run here.
#
# run.sh sets EMULATOR and ARC_TOKEN, the programs. The functions for packages are those of findings/.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../findings/common.sh
. "$here/../../findings/common.sh"

declare -A cell=([with]=- [without]=- [refused]=- [ready]=-)

# Set by rows that run a client of clients/ through arc-token: comes before its name.
through=

# consumer NAME VERSION: whose row it is.
consumer() { name=$1 version=$2; }

# arc MACHINE COMMAND...: runs a command on an emulated Arc machine, and sets $seen, its standard output, $issued, the emulator's last
# token, and $asked, how often the agent was asked. MACHINE: `with` the variables; `without` them; `refused`, with them, by an agent that
# says 403; `short`, with them, by an agent whose tokens are good for 200 seconds, which is too short to be used again.
arc() {
  alone unshare --mount --net --pid --fork --kill-child --mount-proc \
    bash "$here/inside.sh" "$EMULATOR" "$work" "$@" </dev/null >"$work/seen" 2>"$work/error" || true
  seen=$(cat "$work/seen")
  issued=$(cat "$work/issued")
  asked=$(cat "$work/asked")
}

# states COLUMN EXPECTED COMMAND...: runs a command on the machine COLUMN, and checks what happened: "works, N requests" if it printed
# the last token that was issued, else "N requests: " and the last line that it printed. EXPECTED is a pattern as in `case`.
states() {
  arc "$1" "${@:3}"
  local what requests
  requests="$asked $([ "$asked" = 1 ] && echo request || echo requests)"
  what=$(tail -n 1 "$work/seen")
  if [ -n "$issued" ] && [ "$seen" = "$issued" ]; then
    cell[$1]="works, $requests"
  else
    cell[$1]="$requests: ${what:-nothing on standard output; $(tail -n 1 "$work/error")}"
  fi
  matches "$1" "$2"
}

# renews EXPECTED COMMAND...: as `states short`. The command asks two times, and prints what it gets at last.
renews() { states short "$@"; }

# carries EXPECTED COMMAND...: runs a command that brings a token of arc-token to a service. It prints what the service got; TOKEN stands
# for the token in EXPECTED.
carries() {
  arc with "${@:2}"
  [ -n "$issued" ] || { echo "FAIL $name: no token was issued; $seen $(tail -n 3 "$work/error")"; exit 1; }
  cell[ready]=${seen//"$issued"/TOKEN}
  matches ready "$1"
}

matches() {
  # shellcheck disable=SC2053 # a pattern
  if [[ ${cell[$1]} != $2 ]]; then
    printf 'FAIL %s, %s\n  seen:     %s\n  expected: %s\n' "$name" "$1" "${cell[$1]}" "$2"
    exit 1
  fi
}

# The row, for docs/consumers.md.
print_row() {
  local column
  printf '| %s %s' "$name" "$version"
  for column in with without refused ready; do printf ' | %s' "$(tr '\n|' ' /' <<<"${cell[$column]}" | cut -c 1-200 | sed 's/ *$//')"; done
  printf ' |\n'
}

# through_exec EXPECTED FAMILY COMMAND...: as `states with`, but the command runs below `arc-token exec`, whose endpoint was asked in the
# form of FAMILY.
through_exec() {
  states with "$1" "$ARC_TOKEN" exec --verbose -- "${@:3}"
  grep -q "exec: HTTP .*($2)" "$work/error" || { echo "FAIL $name: arc-token's endpoint was not asked as $2: $(tail -n 3 "$work/error")"; exit 1; }
}
