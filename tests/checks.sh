# For scripts that are tests: counts checks, a line "PASS name" or "FAIL name" for each. Source it where $work is a folder that may be
# written to. At its end a script prints "$passed passed, $failed failed".

passed=0 failed=0

# check NAME COMMAND...   passes if the command succeeds. What it said is shown if it fails.
check() {
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    echo "PASS $name"
    passed=$((passed + 1))
  else
    sed 's/^/     /' "$work/output"
    echo "FAIL $name"
    failed=$((failed + 1))
  fi
}
