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

# Debian's names of the crates that the dependency tables of Cargo.toml name. What those need follows by itself.
packages_wanted() {
  awk '/^\[/ { table = $0 ~ /dependencies\]/ } table && /^[A-Za-z0-9_-]+ *=/ { sub(/ *=.*/, ""); gsub("_", "-"); print "librust-" tolower($0) "-dev" }' \
    "$root/Cargo.toml" | sort -u
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

# Prints the Debian mirrors that this machine uses for its own packages, so that no host is written down in this project.
# Without --no-release-info, apt says nothing before the first `apt-get update` of a new machine.
mirrors() {
  apt-get --no-release-info indextargets --format '$(SITE) $(IDENTIFIER) $(COMPONENT)' |
    awk '$2 == "Packages" && $3 == "main" && $1 !~ /security/ && !seen[$1]++ { print $1 }'
}

# An apt with a state of its own below $work. The machine's proxy counts; its pins, foreign architectures and hooks do not.
apt() {
  cat >"$work/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Debug::NoLocking "true";
Dir::Cache "$work/cache";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "-";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::State::status "/dev/null";
CONF
  apt-get -q -c "$work/apt.conf" "$@"
}

read_package_list() {
  local mirror
  mapfile -t all < <(mirrors)
  [ ${#all[@]} -gt 0 ] || die "apt on this machine names no mirror"
  for mirror in "${all[@]}"; do
    say "reading the package list of Debian $suite from $mirror"
    printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$(dpkg --print-architecture)" "$keyring" "$mirror" "$suite" >"$work/sources.list"
    if apt update >"$work/log" 2>&1; then return; fi
    tail -n 5 "$work/log" >&2
  done
  die "no mirror of this machine gives Debian $suite"
}

fetch() {
  local closure deb
  apt install --no-install-recommends --print-uris -qq "${packages[@]}" >"$work/uris" 2>"$work/log" ||
    { cat "$work/log" >&2; die "Debian $suite lacks one of: ${packages[*]}"; }
  # Lines are: 'uri' name_version_arch.deb size hash. The names are percent-encoded where they hold + or :.
  mapfile -t closure < <(awk '$2 ~ /^librust-/ { sub(/_.*/, "", $2); print $2 }' "$work/uris" | sed -e 's/%2b/+/g' -e 's/%3a/:/g')
  [ ${#closure[@]} -gt 0 ] || die "apt names no package to fetch"

  say "fetching ${#closure[@]} packages"
  # apt does not check a file that already has the right size, hence the empty folder.
  (cd "$work/debs" && apt download "${closure[@]}") >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "the download failed"; }
  for deb in "$work"/debs/*.deb; do
    dpkg -x "$deb" "$work/unpacked"
  done
  [ -d "$work/unpacked/usr/share/cargo/registry" ] || die "the packages hold no crates"
}

mapfile -t packages < <(packages_wanted)
wanted=$(printf '%s\n' "$suite" "${packages[@]}" | sha256sum | cut -d' ' -f1)
link_sources
if [ "$(cat "$folder/crates.stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null || die "$tool is missing: crates from Debian need a Debian-like machine (ARCTOKEN_CRATES=registry uses the crate registry)"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"

find "$folder" -mindepth 1 -maxdepth 1 -name 'work.*' -mmin +60 -exec rm -rf {} + # Left by a run that was killed.
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,debs,unpacked}
read_package_list
fetch

# The stamp goes first and comes last: a run that is killed in between leaves no stamp, and the next one fetches again.
rm -f "$folder/crates.stamp" "$folder/Cargo.lock"
[ ! -e "$folder/crates" ] || mv "$folder/crates" "$work/old"
mv "$work/unpacked/usr/share/cargo/registry" "$folder/crates"
printf '%s\n' "$wanted" >"$folder/crates.stamp"
say "$(find "$folder/crates" -mindepth 1 -maxdepth 1 | wc -l) crates in $folder/crates"
