#!/usr/bin/env bash
# The part of run.sh that happens inside the namespaces. Only run.sh calls it.
set -Eeuo pipefail
shopt -s inherit_errexit
exec 5>&1 # The trap's words must not become what a $(...) gives.
trap 'echo "FAIL inside.sh: line $LINENO" >&5' ERR

emulator=$1 clients=$2 work=$3
tokens=/var/opt/azcmagent/tokens
himds=/opt/azcmagent/bin/himds
default_port=40342
passed=0 failed=0

pass() { echo "PASS $*"; passed=$((passed + 1)); }
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

# Puts a directory of our own over $1: with what was in it, but without a real agent's part.
shadow() {
  local copy=$work/shadow$1 entry
  mkdir -p "$copy"
  mount -t tmpfs tmpfs "$copy"
  for entry in "$1"/* "$1"/.[!.]*; do
    case $entry in */azcmagent) continue ;; esac
    if [ -L "$entry" ]; then
      cp -P "$entry" "$copy/"
    elif [ -d "$entry" ]; then
      mkdir "$copy/${entry##*/}"
      mount --rbind "$entry" "$copy/${entry##*/}"
    elif [ -e "$entry" ]; then
      touch "$copy/${entry##*/}"
      mount --bind "$entry" "$copy/${entry##*/}"
    fi
  done
  mount --move "$copy" "$1"
}

# Starts the emulator, and sets $endpoint and $control. Its process ends with the namespace at the latest.
start() {
  : >"$work/ready" # The shell that starts the program empties it too, but maybe later than it is read.
  "$emulator" --key-directory "$tokens" "$@" >"$work/ready" &
  running=$!
  local line tries=0
  until line=$(head -n 1 "$work/ready") && [ -n "$line" ]; do
    kill -0 "$running" && [ $((tries += 1)) -lt 200 ] || { echo "the emulator did not start"; exit 1; }
    sleep 0.05
  done
  endpoint=$(sed -E 's/.*"endpoint":"([^"]+)".*/\1/' <<<"$line")
  control=$(sed -E 's/.*"control":"[^"]*:([0-9]+)".*/\1/' <<<"$line")
}

stop() {
  kill "$running"
  wait "$running"
}

# The body of an answer of the control port.
ask_control() {
  exec 3<>"/dev/tcp/127.0.0.1/$control"
  printf '%s %s HTTP/1.0\r\n\r\n' "$1" "$2" >&3
  sed '1,/^\r$/d' <&3
  exec 3>&-
}

last_issued() { ask_control GET /issued | sed -E 's/.*"tokens":\[(.*)\]\}$/\1/; s/.*"([^"]*)"$/\1/'; }
count() { ask_control GET /counts | sed -E "s/.*\"$1\":([0-9]+).*/\1/"; }

# Runs a client with nothing in its environment but what it needs and what the caller puts into $variables.
client() {
  env -i PATH="$PATH" HOME="$work" ${DOTNET_ROOT:+DOTNET_ROOT="$DOTNET_ROOT"} "${variables[@]}" dotnet "$clients" "$@" 2>"$work/error"
}

good_keys() { ask_control GET /requests | { grep -o '"key":"good"' || true; } | wc -l; }

# $1 says what is tried; the rest are the client's arguments. The token has to be the one that the emulator made last, for this
# very request and for a key: every call asks for another resource, so that none comes from a cache.
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
