#!/usr/bin/env bash
# Makes FOLDER a place where cargo builds this project with crates from Debian's packages, for machines that reach a Debian
# mirror but not the Rust crate registry. Users with internet never need it: build.sh asks the registry first.
#
#   tools/debian-crates.sh [FOLDER]        default: target/debian; then: cd target/debian && cargo test
#
# Afterwards FOLDER holds links to the sources, a .cargo/config.toml of its own, and the crates. The root of the project stays
# an ordinary cargo project. Needs no root, leaves the machine's own apt alone, and a second run downloads nothing.
# The packages come from the suite below, whatever the machine itself runs: they are only unpacked, never installed.
set -euo pipefail

suite=forky
say() { printf 'debian-crates: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
folder=${1:-$root/target/debian}
mkdir -p "$folder/.cargo"
folder=$(cd -- "$folder" && pwd -P)

# Debian's names of the crates that the dependency tables of all manifests name, but for the project's own. What those need
# follows by itself.
packages_wanted() {
  awk '/^\[/ { table = $0 ~ /dependencies\]/ }
    table && /^[A-Za-z0-9_-]+ *=/ && !/[{,] *path *=/ { sub(/ *=.*/, ""); gsub("_", "-"); print "librust-" tolower($0) "-dev" }' \
    "$root/Cargo.toml" "$root"/cli/Cargo.toml | sort -u
}

link_sources() {
  local entry name
  find "$folder" -mindepth 1 -maxdepth 1 -xtype l -delete # What the root no longer has.
  for entry in "$root"/*; do
    name=${entry##*/}
    case $name in target | out | Cargo.lock) continue ;; esac
    ln -sfn "$(realpath --no-symlinks --relative-to="$folder" "$entry")" "$folder/$name"
  done
  printf '[source.crates-io]\nreplace-with = "debian"\n\n[source.debian]\ndirectory = "crates"\n' >"$folder/.cargo/config.toml"
}

mapfile -t packages < <(packages_wanted)
wanted=$(printf '%s\n' "$suite" "${packages[@]}" | sha256sum | cut -d' ' -f1)
link_sources
if [ "$(cat "$folder/crates.stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

find "$folder" -mindepth 1 -maxdepth 1 -name 'work.*' -mmin +60 -exec rm -rf {} + # Left by a run that was killed.
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
. "$root/tools/debian-packages.sh"
debian_suite "$suite"
mapfile -t closure < <(debian_closure "${packages[@]}" | grep '^librust-')
[ ${#closure[@]} -gt 0 ] || die "Debian $suite has not all crates that the manifests name"
debian_unpack "$work/unpacked" "${closure[@]}"
[ -d "$work/unpacked/usr/share/cargo/registry" ] || die "the packages hold no crates"

# The stamp goes first and comes last: a run that is killed in between leaves no stamp, and the next one fetches again.
rm -f "$folder/crates.stamp" "$folder/Cargo.lock"
[ ! -e "$folder/crates" ] || mv "$folder/crates" "$work/old"
mv "$work/unpacked/usr/share/cargo/registry" "$folder/crates"
printf '%s\n' "$wanted" >"$folder/crates.stamp"
say "$(find "$folder/crates" -mindepth 1 -maxdepth 1 | wc -l) crates in $folder/crates"
