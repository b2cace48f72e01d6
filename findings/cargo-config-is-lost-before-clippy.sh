#!/usr/bin/env bash
# cargo 1.95.0 with clippy 0.1.95. Last run 2026-11-29.
#
# `cargo --config FILE check` and `cargo --config FILE clippy` look alike, but clippy is a program of its own, and cargo does not hand
# its options on to it: the second runs without FILE, and says nothing. With a folder of crates in FILE's place of the registry that is
# "failed to download", or another target folder built twice. `cargo clippy --config FILE` works.
. "$(dirname "$0")/common.sh"

need cargo
cargo clippy --version >/dev/null 2>&1 || skip "clippy is not installed"
case $(cargo --version) in "cargo 1.95.0 "*) ;; *) skip "this is $(cargo --version)" ;; esac
mkdir -p "$work/crate/src"
printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2024"\n' >"$work/crate/Cargo.toml"
echo 'pub fn f() {}' >"$work/crate/src/lib.rs"
printf '[build]\ntarget-dir = "elsewhere"\n' >"$work/config.toml"
folder() {
  (cd "$work/crate" && rm -rf target elsewhere && cargo "$@" --quiet --offline && ls -d target elsewhere 2>/dev/null) || true
}
unset CARGO_TARGET_DIR
same "cargo --config check" "$(folder --config ../config.toml check)" elsewhere
same "cargo --config clippy" "$(folder --config ../config.toml clippy)" target
same "cargo clippy --config" "$(folder clippy --config ../config.toml)" elsewhere
