#!/usr/bin/env bash
# Builds the library and the program for Linux on x64 and arm64, for glibc 2.28 and later, into target/platforms/linux-x64 and linux-arm64.
# The task `package` takes them from there. Needs no root and installs nothing; a second run fetches nothing.
#
#   tools/platforms/linux.sh [--library] [PLATFORM...]      linux-x64 and linux-arm64, if none is named; --library: without the program
#
# Where cargo-zigbuild is installed, as in the release workflow, it links; elsewhere Debian's packages do.
# Ends with 77 where neither is to be had.
set -euo pipefail

say() { printf 'linux: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
cannot() { say "this machine cannot build for older Linux: $*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$root/tools/cargo-folder.sh"
packages=(--workspace) files=(libarc_token.so arc-token)
if [ "${1:-}" = --library ]; then
  packages=(--package arc-token --lib) files=(libarc_token.so)
  shift
fi
[ $# -gt 0 ] || set -- linux-x64 linux-arm64

# Builds with cargo-zigbuild, and the machine's own Rust.
zig_build() {
  case $1 in
    linux-x64) target=x86_64-unknown-linux-gnu ;;
    linux-arm64) target=aarch64-unknown-linux-gnu ;;
    *) die "there is no platform '$1'. Use: linux-x64 or linux-arm64" ;;
  esac
  (cd "$cargo_folder" && cargo zigbuild "${locked[@]}" --quiet --release "${packages[@]}" --target "$target.2.28") || die "cargo zigbuild failed"
  compiler=$(rustc --version)
}

zig=$(command -v cargo-zigbuild) || zig=
if [ -n "$zig" ]; then
  without_paths
  export CARGO_TARGET_DIR=$root/target/linux
fi
for platform; do
  begun=$SECONDS
  if [ -n "$zig" ]; then
    zig_build "$platform"
  else
    . "$root/tools/platforms/linux-tools.sh"
    linux_tools "$platform"
    say "$platform: the packages are there after $((SECONDS - begun)) s: $taken"
    begun=$SECONDS
    compiler=$("$programs/rustc" --version)
    linux_cargo build --quiet --release "${packages[@]}" || die "cargo build failed"
  fi
  built=$root/target/linux/$target/release result=$root/target/platforms/$platform
  "$root/tools/platforms/glibc.sh" "${files[@]/#/$built/}" >&2 || die "what was built for $platform does not load everywhere"
  mkdir -p "$result"
  for file in "${files[@]}"; do
    # The module's name of the library. Renamed into its place: a reader finds the old file or the new one.
    place=$result/${file/#libarc_token/arc_token}
    cp "$built/$file" "$place.new"
    mv "$place.new" "$place"
  done
  printf '%s\n' "$compiler" >"$result/compiler"
  # The module takes a library of its own version only.
  sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1 >"$result/version"
  say "$platform: built in $((SECONDS - begun)) s"
  printf '%s\n' "$result"
done
