#!/usr/bin/env bash
# Runs the playbook for Linux in docs/install.md on this machine, with folders of its own in place of the system's: it installs the release,
# and a second run changes nothing. Prints "PASS name" or "FAIL name" for each check, and at the end "N passed, N failed". Ends with 77, and
# the reason in its last line, where Debian's Ansible is not to be had.
#
#   tests/release/ansible.sh RELEASE      the folder with the files of a release
set -euo pipefail

say() { printf 'ansible: %s\n' "$*" >&2; }
cannot() { say "skipped: $*"; exit 77; }
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
release=$(realpath "$1")
. "$root/tools/platforms/packages.sh"
kept_packages ansible bookworm ansible-core 'libc6.*|libc-.*|perl.*|dpkg|debconf'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$root/tests/checks.sh"
printf '#!/bin/sh\nPYTHONPATH=%q LD_LIBRARY_PATH=%q exec %q "$@"\n' \
  "$kept/usr/lib/python3/dist-packages" "$kept/usr/lib/$(uname -m)-linux-gnu:$kept/lib/$(uname -m)-linux-gnu" "$kept/usr/bin/python3" >"$work/python"
chmod +x "$work/python"
mkdir "$work/bin"
ln -s "$release" "$work/files"
awk '/^```yaml$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$root/docs/install.md" |
  sed "s#/usr/local/share/powershell#$work#; s#/usr/local/bin#$work/bin#; s#become: true#become: false#" >"$work/site.yml"
printf '[arc]\nlocalhost ansible_connection=local ansible_python_interpreter=%s\n' "$work/python" >"$work/hosts"
play() { (cd "$work" && HOME=$work ANSIBLE_HOME=$work LC_ALL=C.UTF-8 ./python "$kept/usr/bin/ansible-playbook" -i hosts site.yml) | tee "$work/said"; }

installs_the_release() {
  local version
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
  play && grep -q 'changed=3 .*failed=0' "$work/said" || return 1
  [ -f "$work/Modules/ArcToken/$version/ArcToken.psd1" ] && [ "$("$work/bin/arc-token" --version)" = "arc-token $version" ]
}
changes_nothing_more() { play && grep -q 'changed=0 .*failed=0' "$work/said"; }

check 'the playbook of the install page installs the release' installs_the_release
check 'a second run changes nothing' changes_nothing_more
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
