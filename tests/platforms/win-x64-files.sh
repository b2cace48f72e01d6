#!/usr/bin/env bash
# What Windows people expect of arc_token.dll and arc-token.exe, read from the files: they need nothing but what every Windows from
# Server 2012 R2 on has, and neither their addresses nor their data are where an attacker could use them (ASLR, DEP).
# Prints "PASS name" or "FAIL name" for each check, and at the end "N passed, N failed, N skipped". Ends with 77, and the reason in its last
# line, where this machine cannot build them.
#
#   tests/platforms/win-x64-files.sh [FOLDER WITH BOTH FILES]
set -euo pipefail

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "skipped, because this machine cannot build for Windows: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$root/tools/platforms/win-x64-tools.sh"
shipped=${1:-$("$root/tools/platforms/win-x64.sh")}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"

headers() { LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu "$tools/usr/bin/x86_64-w64-mingw32-objdump" -p "$1"; }
# Windows' own libraries. Those of the compiler (libgcc, libwinpthread) and of Visual C++ are not among them.
system='api-ms-win-core-synch-l1-2-0|bcryptprimitives|combase|kernel32|msvcrt|ntdll|ole32|shell32|userenv|ws2_32|advapi32|iphlpapi'
imports_the_systems_only() {
  local names
  names=$(headers "$1" | sed -n 's/^[[:space:]]*DLL Name: //p' | tr '[:upper:]' '[:lower:]' | sort -u)
  printf '%s\n' "$names"
  [ -n "$names" ] && ! grep -qvE "^($system)\.dll$" <<<"$names"
}
# Without relocations, Windows cannot move the file, whatever its flags say.
may_lie_anywhere() {
  headers "$1" | tee "$work/headers" | grep -E 'DYNAMIC_BASE|HIGH_ENTROPY_VA|NX_COMPAT|Base Relocation' || :
  grep -q DYNAMIC_BASE "$work/headers" && grep -q HIGH_ENTROPY_VA "$work/headers" &&
    grep -E '^Entry 5 ' "$work/headers" | grep -qv ' 00000000 Base'
}
data_is_no_code() { headers "$1" >"$work/headers"; grep -q NX_COMPAT "$work/headers"; }
# With the other kind, Windows would give it no console of its caller's.
is_a_console_program() { headers "$1" | grep -E '^Subsystem.*\(Windows CUI\)'; }

for file in arc_token.dll arc-token.exe; do
  check "$file imports the system's libraries only" imports_the_systems_only "$shipped/$file"
  check "$file may lie at any address" may_lie_anywhere "$shipped/$file"
  check "$file has data that cannot run" data_is_no_code "$shipped/$file"
done
check 'arc-token.exe is a console program' is_a_console_program "$shipped/arc-token.exe"

printf '%s passed, %s failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
