#!/usr/bin/env bash
# The part of run.sh that runs inside the namespaces. Only run.sh calls it.
set -Eeuo pipefail
shopt -s inherit_errexit
exec 5>&1 # The trap must write to the real standard output, also inside $(...).
trap 'echo "FAIL inside.sh: line $LINENO" >&5' ERR

emulator=$1 clients=$2 work=$3
. "$(dirname "${BASH_SOURCE[0]}")/agent.sh"
passed=0 failed=0

pass() { echo "PASS $*"; passed=$((passed + 1)); }
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

# Runs a client with an almost empty environment: only the necessary variables, and those in $variables.
client() {
  env -i PATH="$PATH" HOME="$work" ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "${variables[@]}" dotnet "$clients" "$@" 2>"$work/error"
}

good_keys() { ask_control GET /requests | { grep -o '"key":"good"' || true; } | wc -l; }

# Runs one test: $1 is its name, the rest are the client's arguments. The client must print the emulator's last token, and must
# have sent a key for it. Every call requests another resource, so no token comes from a cache.
gets_a_token() {
  local what=$1 token tokens_before keys_before
  shift
  tokens_before=$(count tokens)
  keys_before=$(good_keys)
  if ! token=$(client "$@"); then
    fail "$what: $(head -n 3 "$work/error")"
  elif [ "$(count tokens)" -ne $((tokens_before + 1)) ] || [ "$token" != "$(last_issued)" ]; then
    fail "$what: the token is not the one that the emulator issued"
  elif [ "$(good_keys)" -ne $((keys_before + 1)) ]; then
    fail "$what: it got the token without a key"
  else
    pass "$what"
  fi
}

is_refused() {
  local what=$1
  shift
  if client "$@" >/dev/null; then
    fail "$what: it got a token"
  elif [ "$(count requests)" -eq 0 ]; then
    fail "$what: it never asked"
  else
    pass "$what"
  fi
}

ip link set lo up
shadow /opt
shadow /var/opt

start
user_assigned=$(sed -nE 's/^A user-assigned identity it knows: -ClientId (.*)$/\1/p' "$work/ready")
variables=(IDENTITY_ENDPOINT="$endpoint" IMDS_ENDPOINT="${endpoint%%/metadata/*}")
for library in azure-identity msal; do
  gets_a_token "$library through IDENTITY_ENDPOINT" "$library" "https://$library.environment.example"
  gets_a_token "$library, a user-assigned identity" "$library" "https://$library.user.example" "$user_assigned"
done
for fault in key-path-outside key-4097-bytes selector-ignored; do
  for library in azure-identity msal; do
    ask_control POST /reset >"$work/answer"
    ask_control POST "/fault?name=$fault" >"$work/answer"
    is_refused "$library is not taken in by $fault" "$library" "https://$library.$fault.example" "$user_assigned"
  done
done
stop

mkdir -p "${himds%/*}"
install -m 755 /dev/null "$himds"
variables=()
start --port "$default_port"
for library in azure-identity msal; do
  gets_a_token "$library on the default port" "$library" "https://$library.default.example"
done
stop
if [ -z "$(ls -A "$tokens")" ]; then
  pass "no key file is left"
else
  fail "a key file is left"
fi

echo "$passed passed, $failed failed"
if [ "$failed" -gt 0 ]; then exit 1; fi
