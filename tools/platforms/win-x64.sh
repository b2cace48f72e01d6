#!/usr/bin/env bash
# Builds arc_token.dll and arc-token.exe for Windows x64 on a Debian machine, into target/platforms/win-x64. The task `module` takes
# the library from there. Needs no root and installs nothing; a second run fetches nothing.
# Ends with 77 where Debian's packages are not to be had.
set -euo pipefail

say() { printf 'windows: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "this machine cannot build for Windows: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
begun=$SECONDS
. "$root/tools/platforms/win-x64-tools.sh"
say "the packages are there after $((SECONDS - begun)) s: $(cat "$kept.versions")"

begun=$SECONDS
windows_cargo build --quiet --release --workspace || die "cargo build failed"
built=$folder/target/$target/release result=$platforms/win-x64
mkdir -p "$result"
for file in arc_token.dll arc-token.exe; do
  # Renamed into its place: a reader finds the old file or the new one.
  cp "$built/$file" "$result/$file.new"
  mv "$result/$file.new" "$result/$file"
done
cat "$kept.versions" >"$result/compiler"
# The module takes a library of its own version only.
sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1 >"$result/version"
say "built in $((SECONDS - begun)) s: $(cd "$result" && du -b --apparent-size arc_token.dll arc-token.exe | awk '{ print $2 ", " $1 " bytes" }' | paste -sd';' | sed 's/;/; /')"
printf '%s\n' "$result"
