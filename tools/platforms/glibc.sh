#!/usr/bin/env bash
# Checks that programs and libraries for Linux load with an old C library: all versions of glibc that they ask for are at most this one.
# Weak ones count, too: glibc's loader refuses a file for the version, whatever it is for.
#
#   tools/platforms/glibc.sh FILE...      prints the newest version of each; ends with 1 where one is too new
set -euo pipefail

oldest=2.28
code=0
[ $# -gt 0 ] || { echo "usage: tools/platforms/glibc.sh FILE..." >&2; exit 2; }
for file; do
  # Not all errors of readelf change its exit code.
  versions=$(LC_ALL=C readelf --version-info --wide "$file" | sed -nE 's/.*Name: GLIBC_([0-9.]+|PRIVATE).*/\1/p' | sort -uV)
  [ -n "$versions" ] || { printf '%s: asks for no version of glibc at all, so it is no program or library for it\n' "$file" >&2; exit 1; }
  newest=$(tail -n 1 <<<"$versions")
  printf '%s: glibc %s\n' "$file" "$newest"
  if [ "$newest" = PRIVATE ] || [ "$(printf '%s\n' "$newest" "$oldest" | sort -V | tail -n 1)" != "$oldest" ]; then
    printf '%s: needs glibc %s, and is to load with %s\n' "$file" "$newest" "$oldest" >&2
    LC_ALL=C readelf --dyn-syms --wide "$file" | awk -v version="@GLIBC_$newest" 'index($8, version) { print "  " $8 " (" $5 ")" }' >&2
    code=1
  fi
done
exit "$code"
