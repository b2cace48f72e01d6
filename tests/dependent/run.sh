#!/usr/bin/env bash
# Makes the two packages as they would be published, unpacks them, and builds with them: a program that uses the crate, with an
# allocator of its own and with other crates than are tested here, and the command-line program. With crates of the registry the
# examples are checked with the real azure_core and object_store, otherwise with stand-ins.
# Prints "PASS name" or "FAIL name" for each check, and at the end "N passed, N failed".
#
#   tests/dependent/run.sh
set -uo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
die() { printf '%s\n' "$*" >&2; exit 1; }
. "$root/tools/cargo-folder.sh"
work=$root/target/dependent
mkdir -p "$work"
. "$root/tests/checks.sh"
find "$work" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
cp -r "$root"/tests/dependent/{Cargo.toml,program,adapter,stand-ins} "$work"
settings=(--offline --config "$cargo_folder/.cargo/config.toml")
if [ "$cargo_folder" = "$root" ]; then
  settings=()
  sed -i '/^# stand-ins/,$d' "$work/Cargo.toml"
fi

# package NAME   without these options cargo wants the registry, and crates of it.
package() {
  local name=$1 crate
  (cd "$root" && cargo package --offline --exclude-lockfile --no-verify --allow-dirty --target-dir "$work/target" -p "$name") || return 1
  crate=$(ls -t "$work/target/package/$name"-[0-9]*.crate | head -n 1)
  mkdir -p "$work/packages/$name"
  tar -xzf "$crate" -C "$work/packages/$name" --strip-components 1
}
count_is_below() { local count; count=$(find "$1" -type f | wc -l); echo "$count files"; [ "$count" -lt "$2" ]; }
# There is no address of this project yet, so a package must not claim one.
no_invented_address() { ! grep -nE '^(repository|homepage|documentation) *=' "$root/Cargo.toml" "$root/cli/Cargo.toml" "$work"/packages/*/Cargo.toml; }
in_work() { (cd "$work" && "$@"); }
runs() { [ "$("$work/target/debug/arc-token" --version)" = "arc-token $(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)" ]; }
# The library's page is not overwritten by that of the program.
documents() {
  (cd "$cargo_folder" && RUSTDOCFLAGS='-D warnings' cargo doc "${locked[@]}" --workspace --no-deps) >"$work/doc" 2>&1 || { cat "$work/doc"; return 1; }
  ! grep -n '^warning' "$work/doc"
}

check 'the library makes a package' package arc-token
check 'the program makes a package' package arc-token-cli
# What a user of the crate needs, and not the tests' 1,500.
check 'the library has under 150 files' count_is_below "$work/packages/arc-token" 150
check 'no address is invented' no_invented_address
check 'a program with an allocator and a URL parser of its own' in_work cargo "${settings[@]}" test --quiet -p dependent
check 'the program is built from its package' in_work cargo "${settings[@]}" build --quiet -p arc-token-cli
check 'the program runs' runs
check 'the documentation has no warning and no page twice' documents
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
