#!/usr/bin/env bash
# The part of run.sh that runs inside the namespaces. Only run.sh calls it.
set -euo pipefail

root=$1 work=$2 emulator=$3
shift 3
die() { echo "FAIL $*"; exit 1; }
. "$root/tests/clients/agent.sh"
. "$root/tools/cargo-folder.sh"

ip link set lo up
shadow /opt
shadow /var/opt
mkdir -p "${himds%/*}" "$tokens"
cp "$emulator" "$himds"
emulator=$himds
start --port "$default_port"
export IDENTITY_ENDPOINT=$endpoint IMDS_ENDPOINT=${endpoint%/metadata/*}
# The tests that take minutes are not for this.
unset ARCTOKEN_FULL ARCTOKEN_LONG
export ARCTOKEN_SLOWER=${ARCTOKEN_SLOWER:-3}

passed=0 failed=0

# run NAME PATTERN COMMAND...   runs a suite, and adds up the counts of its output, which are the two groups of PATTERN.
run() {
  local name=$1 pattern=$2 before after ok=0
  shift 2
  before=$(count connections)
  "$@" >"$work/output" 2>&1 || { ok=1; cat "$work/output"; }
  after=$(count connections)
  while read -r good bad; do
    passed=$((passed + good)) failed=$((failed + bad))
  done < <(sed -nE "s/$pattern/\1 \2/p" "$work/output")
  [ $ok = 0 ] || failed=$((failed + 1))
  if [ "$before" = "$after" ]; then
    echo "PASS $name: no test asked the machine's own agent"
    passed=$((passed + 1))
  else
    echo "FAIL $name: $((after - before)) connections to the machine's own agent"
    failed=$((failed + 1))
  fi
}

cargo_test() { (cd "$cargo_folder" && cargo test "${locked[@]}" --no-fail-fast "$@"); }
counts='^test result: .* ([0-9]+) passed; ([0-9]+) failed.*'
run "Rust tests" "$counts" cargo_test
run "CLI tests" "$counts" cargo_test --package arc-token-cli
if [ $# -gt 0 ]; then
  run "PowerShell tests" '^([0-9]+) passed, ([0-9]+) failed.*' "$@"
fi
stop 2>/dev/null || true
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
