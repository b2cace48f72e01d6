#!/usr/bin/env bash
# Puts the crates this project needs, taken from Debian's packages, into a cargo "directory source".
#
# For machines that reach a Debian mirror but not the Rust crate registry. Users with internet never need it: build.sh asks
# the registry first. Needs no root and leaves the machine's own apt alone: everything lies below DESTINATION.
#
#   tools/debian-crates.sh DESTINATION        afterwards DESTINATION/registry is the directory source
#
# The packages come from the suite below, whatever the machine itself runs: they are only unpacked, never installed.
set -euo pipefail

suite=forky
# Debian's name for each crate that Cargo.toml or a member of the workspace names. What those need follows by itself.
packages=(
  librust-reqwest-dev librust-serde-json-dev librust-libc-dev librust-zeroize-dev librust-thiserror-dev
  librust-base64-dev librust-httpdate-dev librust-cbindgen-dev librust-fastrand-dev librust-serde-dev librust-proptest-dev librust-tempfile-dev
  librust-signal-hook-dev librust-rustix-dev
)

say() { printf 'debian-crates: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

[ $# -eq 1 ] || die "usage: tools/debian-crates.sh DESTINATION"
mkdir -p "$1"
dest=$(cd "$1" && pwd)

wanted=$(printf '%s\n' "$suite" "${packages[@]}" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$dest/stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0 # A second run downloads nothing.
fi

for tool in apt-get dpkg apt-config; do
  command -v "$tool" >/dev/null || die "$tool is missing: this needs a Debian-like machine (or set ARCTOKEN_CRATES=registry)"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"

# The mirror is the one this machine already uses for its own packages; no host is written down in this project.
mirror=$(apt-get indextargets --format '$(SITE) $(IDENTIFIER) $(COMPONENT)' | awk '$2 == "Packages" && $3 == "main" && $1 !~ /security/ { print $1; exit }')
[ -n "$mirror" ] || die "apt on this machine names no Debian mirror"

work=$(mktemp -d "$dest/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,debs,unpacked}
printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$work/sources.list"

apt=(apt-get -q
  -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-"
  -o "Dir::State::lists=$work/lists" -o "Dir::State::status=/dev/null"
  -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=" -o "Debug::NoLocking=1" -o "Acquire::Languages=none")

say "reading the package list of Debian $suite"
"${apt[@]}" update >"$work/log" 2>&1 || { cat "$work/log" >&2; die "cannot read the package list of $suite"; }

"${apt[@]}" install --no-install-recommends --print-uris -qq "${packages[@]}" >"$work/uris" 2>"$work/log" ||
  { cat "$work/log" >&2; die "Debian $suite lacks one of: ${packages[*]}"; }

# Lines are: 'uri' name_version_arch.deb size hash. The names are percent-encoded where they hold + or :.
mapfile -t closure < <(awk '$2 ~ /^librust-/ { sub(/_.*/, "", $2); print $2 }' "$work/uris" | sed -e 's/%2b/+/g' -e 's/%3a/:/g')
say "fetching ${#closure[@]} packages"
# apt does not check a file that already has the right size, hence the empty folder.
(cd "$work/debs" && "${apt[@]}" download "${closure[@]}") >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "the download failed"; }

for deb in "$work"/debs/*.deb; do
  dpkg -x "$deb" "$work/unpacked"
done
[ -d "$work/unpacked/usr/share/cargo/registry" ] || die "the packages hold no crates"

rm -rf "$dest/registry" "$dest/stamp"
mv "$work/unpacked/usr/share/cargo/registry" "$dest/registry"
printf '%s\n' "$wanted" >"$dest/stamp"
say "$(find "$dest/registry" -mindepth 1 -maxdepth 1 | wc -l) crates in $dest/registry"
