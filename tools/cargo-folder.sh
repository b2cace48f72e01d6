# Sourced by scripts that run cargo beside the build. Sets $cargo_folder, where the build runs cargo (see
# tools/build/crates.ps1): the root $root, or target/debian where the crates come from Debian's packages.
# The caller sets $root and defines `die`.

case ${ARCTOKEN_CRATES:-$(cat "$root/target/crates-source" 2>/dev/null)} in
  registry) cargo_folder=$root ;;
  debian)
    "$root/tools/debian-crates.sh" || die "Debian's crates are not to be had"
    cargo_folder=$root/target/debian
    ;;
  *) die "where the crates come from is not known yet: run ./build.sh build once, or set ARCTOKEN_CRATES=registry or debian" ;;
esac

# The target of nightly's sanitizers. With it named, build scripts and macros are built without them.
sanitized_target=x86_64-unknown-linux-gnu

# Prints the path of the nightly compiler's AddressSanitizer runtime, if there is one.
nightly_asan() {
  local folder
  folder=$(rustc +nightly --print target-libdir --target "$sanitized_target" 2>/dev/null) || return 1
  find "$folder" -name 'librustc*rt.asan.a' | grep .
}
