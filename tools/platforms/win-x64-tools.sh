# Sourced by scripts that run cargo for Windows x64: Debian's Rust compiler, its standard library as sources, and mingw's linker.
# The target is x86_64-pc-windows-gnu, whose library needs nothing that Windows does not have.
#
# The caller sets $root, and defines `say`, `die` and `cannot`. Defines:
#   windows_cargo COMMAND ARGUMENTS...    runs cargo for Windows

target=x86_64-pc-windows-gnu
# The compiler with which this was last tried. Debian's suites keep only their newest.
tried=1.96.0
. "$root/tools/platforms/packages.sh"

# The machine's cargo runs the compiler, so it must be no older than what the standard library's sources need.
command -v cargo >/dev/null || cannot "cargo is missing"
case $(uname -sm) in 'Linux x86_64') ;; *) cannot "Debian's packages are taken for Linux x64 only" ;; esac

# The machine's own C library, compiler and linker serve: Rust's packages name them, for programs of this machine.
kept_packages win-x64 'bookworm bookworm-security' \
  'rustc-web>=1.96 rust-web-src libstd-rust-web-dev gcc-mingw-w64-x86-64-win32>=12 mingw-w64-x86-64-dev binutils-mingw-w64-x86-64' \
  'libc6.*|libc-.*|linux-libc-dev|libcrypt.*|gcc|gcc-[0-9]+|cpp|cpp-[0-9]+|binutils|binutils-(common|x86-64-linux-gnu)|libgcc-[0-9]+-dev|.*san[0-9]+'
# The programs name this folder: they are not beside the packages, which several folders may share.
tools=$kept folder=$root/target/win-x64 programs=$root/target/win-x64.bin

# program NAME COMMAND   makes a program that runs one of the unpacked, with the libraries that were unpacked with it. It is bash's, since
# other shells lose variables like CARGO_BIN_EXE_arc-token.
program() {
  printf '#!/usr/bin/env bash\nexport PATH=%q/usr/bin:$PATH LD_LIBRARY_PATH=%q/usr/lib/x86_64-linux-gnu\nexec %s\n' "$tools" "$tools" "$2" >"$programs/$1.new"
  chmod +x "$programs/$1.new"
  mv "$programs/$1.new" "$programs/$1"
}
mkdir -p "$programs"
# Paths and the time of linking are left out, so that every folder builds the same bytes. The standard library is compiled from the folder
# that a link leads to.
program rustc "$(printf 'rustc "$@"'; printf ' --remap-path-prefix=%q' "$root=." "$(realpath "$tools")=/rust" "$tools=/rust" "${CARGO_HOME:-$HOME/.cargo}=/cargo")"
program rustdoc 'rustdoc "$@"'
program x86_64-w64-mingw32-gcc 'x86_64-w64-mingw32-gcc-win32 "$@" -Wl,--no-insert-timestamp'
program x86_64-w64-mingw32-dlltool 'x86_64-w64-mingw32-dlltool "$@"'
program x86_64-w64-mingw32-windres 'x86_64-w64-mingw32-windres "$@"'
# The linker for programs of this machine, which must not see these libraries.
printf '#!/bin/sh\nunset LD_LIBRARY_PATH\nexec cc "$@"\n' >"$programs/host-linker"
chmod +x "$programs/host-linker"

compiler=$("$programs/rustc" --version 2>&1) || die "Debian's compiler does not run: $compiler"
library=$("$programs/rustc" --print sysroot)/lib/rustlib/src/rust/library
[ -d "$library/vendor" ] || die "Debian's rust-web-src has moved: there is no $library/vendor, as $tried had"

# The project's crates, and those of the standard library, as links in one folder: cargo's sources have one. Where both have the same
# version of a crate, the standard library's stays: Debian's has features that it wants.
all_crates() {
  local crates=$1 from name wanted="$2"
  crates_are_there "$folder" "$wanted" && return
  new_work_folder "$folder"
  mkdir "$work/crates"
  for from in "$library/vendor"/*; do
    name=${from##*/}
    ln -s "$from" "$work/crates/std-$name"
  done
  for from in "$crates"/*; do
    name=${from##*/}
    [ -e "$work/crates/std-$name" ] || ln -s "$from" "$work/crates/$name"
  done
  take_crates "$folder" "$work/crates" "$wanted"
}

. "$root/tools/cargo-folder.sh"
link_sources "$folder" platforms
case $cargo_folder in
  */target/archive) all_crates "$cargo_folder/crates" "$(cat "$cargo_folder/crates.stamp" "$kept.stamp")" ;;
  "$root")
    (cd "$root" && cargo vendor --quiet --locked --versioned-dirs "$folder/vendored" >/dev/null) || die "the crates cannot be fetched"
    all_crates "$folder/vendored" "$(cat "$root/Cargo.lock" "$kept.stamp" | cksum)"
    ;;
  *) cannot "Debian has not all crates that Windows needs (ARCTOKEN_CRATES=debian): use the registry, or an archive" ;;
esac

windows_cargo() {
  local command=$1
  shift
  (cd "$folder" && PATH=$programs:$PATH RUSTC=$programs/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$folder/target \
    CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$programs/x86_64-w64-mingw32-gcc \
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=$programs/host-linker \
    cargo "$command" --offline --locked -Zbuild-std=std,panic_unwind --target $target "$@") && return
  # The first thing to know of a failure that the sources do not explain.
  [[ $compiler == "rustc $tried "* ]] || say "Debian has moved on: this was tried with rustc $tried, and Debian has $compiler"
  return 1
}
