#!/usr/bin/env bash
# Unpacks zsh and fish of Debian's packages below CACHE, for the tests of completion on a machine without them. Installs nothing.
#   shells.sh CACHE        afterwards CACHE/usr/bin has zsh and fish; exit code 77 where there are none to be had
set -euo pipefail

cache=$1
say() { echo "shells: $*" >&2; }
die() { say "$@"; exit 77; }

[ -x "$cache/usr/bin/fish" ] || {
  mkdir -p "$(dirname "$cache")"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  . "$(dirname "$0")/../../tools/debian-packages.sh"
  [ -r /etc/os-release ] || die "this is not Debian"
  . /etc/os-release
  debian_suite "${VERSION_CODENAME:-stable}"
  rm -rf "$cache" "$cache.new"
  mapfile -t packages < <(debian_closure fish zsh-static zsh-common | grep -E '^(fish|zsh|libpcre|libncurses|libtinfo)')
  debian_unpack "$cache.new" "${packages[@]}"
  mkdir -p "$cache.new/usr/etc/fish" # fish takes the folders beside it only if it finds this one, too.
  cp -L "$cache.new/bin/zsh-static" "$cache.new/usr/bin/zsh"
  mv "$cache.new" "$cache"
}
