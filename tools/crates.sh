#!/usr/bin/env bash
# Decides where the Rust crates come from, and makes ready the folder in which cargo runs with them. The one place of this choice.
#
#   tools/crates.sh        prints two lines: `--locked` where cargo is to keep to Cargo.lock, else nothing; and cargo's folder
#
# ARCTOKEN_CRATES says where they come from:
#   registry   the ordinary crate registry. cargo runs in the root.
#   debian     Debian's packages (tools/debian-crates.sh). cargo runs in target/debian.
#   ARCHIVE    the path of a crates.tar.xz that holds a folder `crates`, as `cargo vendor` makes it. cargo runs in target/archive.
# Without it: the registry where it answers, else the archive ../shared/crates.tar.xz beside the checkout, else Debian's packages.
# target/crates-source remembers this until `./build.sh clean`.
set -euo pipefail

say() { printf 'crates: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
shared=${root%/*}/shared/crates.tar.xz
remembered=$root/target/crates-source
mkdir -p "$root/target"
. "$root/tools/crates-folder.sh"

# Asked from a scratch package, so that a failure leaves nothing in the root.
registry_answers() {
  local probe code=0
  probe=$(mktemp -d "$root/target/probe.XXXXXX")
  mkdir "$probe/src"
  : >"$probe/src/lib.rs"
  printf '[package]\nname = "probe"\nedition = "2024"\n[workspace]\n[dependencies]\nlibc = "0.2"\n' >"$probe/Cargo.toml"
  (cd "$probe" && CARGO_NET_RETRY=0 CARGO_HTTP_TIMEOUT=5 cargo generate-lockfile --quiet >/dev/null 2>&1) || code=$?
  rm -rf "$probe"
  return "$code"
}

# The choice where ARCTOKEN_CRATES makes none.
usual_choice() {
  local choice
  choice=$(cat "$remembered" 2>/dev/null) || :
  [ "$choice" != archive ] || [ -f "$shared" ] || choice=
  case $choice in
    registry | archive | debian) ;;
    *)
      if registry_answers; then choice=registry; elif [ -f "$shared" ]; then choice=archive; else choice=debian; fi
      printf '%s\n' "$choice" >"$remembered"
      ;;
  esac
  if [ "$choice" = archive ]; then choice=$shared; fi
  printf '%s\n' "$choice"
}

# Unpacks an archive into target/archive/crates, once.
unpack() {
  local archive=$1 folder=$root/target/archive sum
  sum=$(cksum <"$archive") || die "the archive '$archive' cannot be read"
  link_sources "$folder" archive
  if crates_are_there "$folder" "$sum"; then return; fi
  new_work_folder "$folder"
  # Owners are those of whoever builds, not the archive's.
  tar -xof "$archive" -C "$work" crates >&2 || die "the archive '$archive' cannot be unpacked whole (tar needs xz for it): get it again"
  take_crates "$folder" "$work/crates" "$sum"
}

choice=${ARCTOKEN_CRATES:-$(usual_choice)}
case $choice in
  registry)
    say "from the crate registry, locked by Cargo.lock"
    printf '%s\n' --locked "$root"
    ;;
  debian)
    say "from Debian's packages, in the versions that Debian has: this build is not locked by Cargo.lock"
    "$root/tools/debian-crates.sh"
    printf '%s\n' '' "$root/target/debian"
    ;;
  *)
    [ -f "$choice" ] || die "ARCTOKEN_CRATES is '$choice', and there is no such file. It takes: registry, debian, or the path of an archive crates.tar.xz"
    say "from $choice, locked by Cargo.lock"
    unpack "$choice"
    printf '%s\n' --locked "$root/target/archive"
    ;;
esac
