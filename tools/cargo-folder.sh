# Sourced by scripts that run cargo beside the build. Sets $cargo_folder, where the build runs cargo, and $locked, what holds cargo
# to Cargo.lock, if anything: see tools/crates.sh. The caller sets $root and defines `die`.

crates=$("$root/tools/crates.sh") || die "there are no Rust crates to build with"
cargo_folder=${crates##*$'\n'}
locked=(${crates%%$'\n'*})

# Flags for the compiler, in CARGO_ENCODED_RUSTFLAGS, of what is shipped or installed: paths of this machine are left out, so that every
# folder builds the same bytes.
without_paths() {
  local given=${CARGO_ENCODED_RUSTFLAGS:-$(tr -s ' ' '\037' <<<"${RUSTFLAGS:-}")}
  export CARGO_ENCODED_RUSTFLAGS="${given:+$given$'\x1f'}--remap-path-prefix=$root=."$'\x1f'"--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
}

# The target of nightly's sanitizers. With it named, build scripts and macros are built without them.
sanitized_target=x86_64-unknown-linux-gnu

# Prints the path of the nightly compiler's AddressSanitizer runtime, if there is one.
nightly_asan() {
  local folder
  folder=$(rustc +nightly --print target-libdir --target "$sanitized_target" 2>/dev/null) || return 1
  find "$folder" -name 'librustc*rt.asan.a' | grep .
}
