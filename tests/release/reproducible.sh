#!/usr/bin/env bash
# Builds the assembly and the library for linux-x64 in two folders of different names, and compares the bytes. `./build.sh package --twice`
# does it with everything. A line "PASS name" or "FAIL name" for each, at the end "N passed, N failed"; ends with 77, and the reason in its
# last line, where neither can be built here.
set -euo pipefail

say() { printf 'reproducible: %s\n' "$*" >&2; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$root/target/reproducible
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
passed=0 failed=0 skipped=0
rm -rf "$work"
mkdir -p "$root/target/platforms/packages"

# copy FOLDER   the sources as git would take them. Debian's packages are shared: they are only read.
copy() {
  mkdir -p "$1/target/platforms"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf -) | tar -xf - -C "$1"
  ln -s "$root/target/platforms/packages" "$1/target/platforms/packages"
}
same() {
  local name=$1
  shift
  if cmp "$@"; then
    echo "PASS $name"
    passed=$((passed + 1))
  else
    echo "FAIL $name: $*"
    failed=$((failed + 1))
  fi
}

# The same crates in both, wherever they lie.
choice=$(cat "$root/target/crates-source" 2>/dev/null || :)
[ "$choice" != archive ] || choice=$(realpath "$root/../shared/crates.tar.xz")
export ARCTOKEN_CRATES=${ARCTOKEN_CRATES:-${choice:-registry}}
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

one=$work/one two="$work/another folder"
for folder in "$one" "$two"; do
  copy "$folder"
  (cd "$folder" && dotnet build powershell/src/ArcToken.csproj -c Release -o out -p:Version="$version" -warnaserror --nologo -v quiet >&2)
done
same 'the assembly is the same in two folders' "$one/out/ArcToken.dll" "$two/out/ArcToken.dll"

if [ "$ARCTOKEN_CRATES" = debian ]; then
  echo "skipped: the library: Debian's crates are not locked"
  skipped=1
else
  for folder in "$one" "$two"; do
    code=0
    "$folder/tools/platforms/linux.sh" --library linux-x64 >/dev/null || code=$?
    [ "$code" -ne 0 ] || continue
    [ "$code" -eq 77 ] || exit "$code"
    echo "skipped: the library: Debian's packages for it are not to be had"
    skipped=1
    break
  done
  [ "$skipped" -eq 1 ] || same 'the library for linux-x64 is the same in two folders' {"$one","$two"}/target/platforms/linux-x64/arc_token.so
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
rm -rf "$work"
