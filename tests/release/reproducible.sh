#!/usr/bin/env bash
# Compiles the assembly and this project's own crates once more, in a folder of another and longer name, and compares the bytes with what the
# build made. Crates of others are taken as the build has compiled them: `./build.sh package --twice` compiles those again, too.
# A line "PASS name" or "FAIL name" for each, at the end "N passed, N failed, N skipped".
#
#   tests/release/reproducible.sh ASSEMBLY LIBRARY
set -euo pipefail

say() { printf 'reproducible: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
assembly=$1 library=$2
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$root/tools/cargo-folder.sh"
. "$root/tools/crates-folder.sh"
work=$root/target/reproducible copy="$root/target/reproducible/another folder" skipped=0
rm -rf "$work"
mkdir -p "$copy/target"
. "$root/tests/checks.sh"

# The sources as git would take them.
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
  tar --null --files-from=- -cf -) | tar -xf - -C "$copy"

the_assembly_is_the_same() {
  local version
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
  # dotnet leaves folders in the temporary folder.
  (cd "$copy" && TMPDIR=$work MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 \
    dotnet build powershell/src/ArcToken.csproj -c Release -o out -p:Version="$version" -warnaserror --nologo -v quiet) && cmp "$assembly" "$copy/out/ArcToken.dll"
}

# Cargo's folder in the copy. The crates stay where they are: those that are compiled serve only there.
folder=$copy/${cargo_folder#"$root"}
if [ "$cargo_folder" != "$root" ]; then
  (root=$copy && link_sources "$folder" "${cargo_folder##*/}")
  printf '[source.crates-io]\nreplace-with = "here"\n\n[source.here]\ndirectory = "%s/crates"\n' "$cargo_folder" >"$folder/.cargo/config.toml"
fi
own=(--package arc-token --package idna_adapter)
the_library_is_the_same() {
  local made=$folder/target/release
  mkdir -p "$made"
  cp -a "${CARGO_TARGET_DIR:-$cargo_folder/target}/release/"{.fingerprint,build,deps} "$made"
  # The same flags as the build's, or cargo would compile everything again. The last flag is the one that counts.
  without_paths
  printf '#!/bin/sh\nexec %q "$@" %q\n' "${RUSTC:-rustc}" "--remap-path-prefix=$copy=." >"$work/rustc"
  chmod +x "$work/rustc"
  export RUSTC=$work/rustc CARGO_TARGET_DIR=$folder/target
  (cd "$folder" && cargo clean "${locked[@]}" --quiet --release "${own[@]}" && cargo build "${locked[@]}" --release --lib 2>&1) | tee "$work/cargo"
  # Proof that it was compiled, and the others were not.
  grep -q '^   Compiling arc-token ' "$work/cargo" && ! grep -q '^   Compiling hyper ' "$work/cargo" && cmp "$library" "$made/libarc_token.so"
}
no_path_is_in_the_library() { [ -s "$library" ] && ! LC_ALL=C grep -aoE "($root|${CARGO_HOME:-$HOME/.cargo})/.{0,60}" "$library"; }

check 'the assembly is the same in two folders' the_assembly_is_the_same
if [ ${#locked[@]} -eq 0 ]; then
  echo "skipped: the library: these crates are not those of Cargo.lock"
  skipped=1
else
  check 'the library is the same in two folders' the_library_is_the_same
  check 'no path of this machine is in the library' no_path_is_in_the_library
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] || exit 1
rm -rf "$work"
