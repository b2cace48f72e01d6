#!/usr/bin/env bash
# Makes target/debian a place where cargo builds this project with crates from Debian's packages, for machines that reach a Debian
# mirror but not the Rust crate registry. Users with internet never need it: tools/crates.sh asks the registry first.
#
#   tools/debian-crates.sh        then: cd target/debian && cargo test
#
# Afterwards target/debian holds links to the sources, the manifests without what is for other platforms, a Cargo.lock of its own,
# and the crates. Needs no root, leaves the machine's own apt alone, and a second run downloads nothing. The packages come from the
# suite below, whatever the machine itself runs: they are only unpacked, never installed.
# Ends with 77 where Debian's packages are not to be had.
set -euo pipefail

suite=forky
code=1
say() { printf 'debian-crates: %s\n' "$*" >&2; }
die() { say "$*"; exit "$code"; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
folder=$root/target/debian
. "$root/tools/crates-folder.sh"

# The workspace's members. The fuzz targets are none: they need what Debian does not have.
members() { sed -n '/^members = /s/[^"]*"\([^"]*\)"[^"]*/\1\n/gp' "$root/Cargo.toml" | grep .; }

# A manifest as Debian can serve it. cargo looks for the crates of all platforms' tables, whatever it builds for.
manifest() {
  awk '/^\[/ { other = /^\[target\..*(windows|macos|apple)/ && !/not\(|unix|linux/ }
    !other' "$root/$1"
}

# Links to the sources, and the manifests: written only where they change, since Cargo.lock is made anew then.
link_sources_for_debian() {
  local member file wanted
  link_sources "$folder" debian Cargo.lock Cargo.toml $(members)
  for member in $(members); do
    [ ! -L "$folder/$member" ] || rm "$folder/$member"
    mkdir -p "$folder/$member"
    link_all "$root/$member" "$folder/$member" "../../../$member" Cargo.toml
  done
  for file in "${manifests[@]}"; do
    [ ! -L "$folder/$file" ] || rm "$folder/$file"
    wanted=$(manifest "$file")
    if [ "$wanted" != "$(cat "$folder/$file" 2>/dev/null)" ]; then
      printf '%s\n' "$wanted" >"$folder/$file"
    fi
  done
}

# Debian's names of the crates that the dependency tables name, but for the project's own. What those need follows by itself.
packages_wanted() {
  (cd "$folder" && awk '/^\[/ { table = /dependencies\]/ }
    table && /^[A-Za-z0-9_-]+ *=/ && !/[{,] *path *=/ { sub(/ *=.*/, ""); gsub("_", "-"); print "librust-" tolower($0) "-dev" }' \
    "${manifests[@]}") | sort -u
}

fetch() {
  local wanted=$1 closure
  shift
  new_work_folder "$folder"
  . "$root/tools/debian-packages.sh"
  code=77
  debian_suite "$suite"
  code=1
  mapfile -t closure < <(debian_closure "$@" | grep '^librust-')
  [ ${#closure[@]} -gt 0 ] || die "Debian $suite has not all crates that the manifests name"
  code=77
  debian_unpack "$work/unpacked" "${closure[@]}"
  code=1
  [ -d "$work/unpacked/usr/share/cargo/registry" ] || die "the packages hold no crates"
  rm -f "$folder/Cargo.lock"
  take_crates "$folder" "$work/unpacked/usr/share/cargo/registry" "$wanted"
  say "$(find "$folder/crates" -mindepth 1 -maxdepth 1 | wc -l) crates in $folder/crates"
}

# Debian's suite moves on. Says so in one line where it has passed what the manifests accept.
lock() {
  local file log wanted found
  for file in "${manifests[@]}"; do
    [ "$folder/$file" -nt "$folder/Cargo.lock" ] || continue
    if log=$(cd "$folder" && cargo generate-lockfile --offline 2>&1); then return; fi
    printf '%s\n' "$log" >&2
    wanted=$(sed -nE 's/.*the requirement `([^`]+)`.*/\1/p' <<<"$log")
    found=$(sed -n "s/.*candidate versions found which didn't match: //p" <<<"$log")
    [ -z "$found" ] || die "Debian has moved on: wanted $wanted, found $found"
    die "Debian's crates do not fit Cargo.toml"
  done
}

mapfile -t manifests < <(echo Cargo.toml; members | sed 's|$|/Cargo.toml|')
link_sources_for_debian
mapfile -t packages < <(packages_wanted)
wanted=$(printf '%s\n' "$suite" "${packages[@]}" | sha256sum | cut -d' ' -f1)
crates_are_there "$folder" "$wanted" || fetch "$wanted" "${packages[@]}"
lock
