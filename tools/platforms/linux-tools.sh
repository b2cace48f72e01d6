# Sourced by scripts that build for Linux, x64 or arm64, with a C library (glibc) older than this machine's: Debian's Rust compiler, and
# Debian bullseye's C library to link against. What comes out loads with glibc 2.28 and later; tools/platforms/glibc.sh checks it.
#
# The caller sets $root, and defines `say`, `die` and `cannot`.

# The compiler with which this was last tried. Debian's suites keep only their newest.
tried=1.96.0
. "$root/tools/platforms/packages.sh"

# linux_tools PLATFORM   fetches what linux-x64 or linux-arm64 needs, once. Sets
#   $target     Rust's name of the platform
#   $glibc      the folder with the old C library
#   $programs   a folder of programs: rustc, the linkers, cc, and `run`, which runs a program of the platform with that C library
#   $taken      the versions of all this
linux_tools() {
  local platform=$1 architecture
  case $(uname -sm) in 'Linux x86_64') ;; *) cannot "Debian's packages are taken for Linux x64 only" ;; esac
  debian_foreign=arm64
  # The machine's own C library, compiler and linker serve programs of this machine: Rust's packages name them.
  kept_packages linux 'bookworm bookworm-security' \
    'rustc-web>=1.96 libstd-rust-web-dev =libstd-rust-web-dev:arm64 gcc-aarch64-linux-gnu>=4:12 qemu-user-static' \
    'libc6.*|libc-.*|linux-libc-dev|libcrypt.*|gcc|gcc-[0-9]+|cpp|cpp-[0-9]+|binutils|binutils-(common|x86-64-linux-gnu)|libgcc-[0-9]+-dev|.*san[0-9]+'
  tools=$kept taken=$(cat "$kept.versions")
  case $platform in
    linux-x64) architecture=amd64 target=x86_64-unknown-linux-gnu triple=x86_64-linux-gnu ;;
    linux-arm64) architecture=arm64 target=aarch64-unknown-linux-gnu triple=aarch64-linux-gnu ;;
    *) die "there is no platform '$platform'. Use: linux-x64 or linux-arm64" ;;
  esac
  kept_packages "glibc-$platform" bullseye \
    "$(printf '=%s ' {libc6,libc6-dev,linux-libc-dev,libcrypt1,libcrypt-dev,libgcc-s1}:$architecture)" none
  # The programs name this folder: they are not beside the packages, which several folders may share.
  glibc=$kept taken+=", $(cat "$kept.versions")" programs=$root/target/linux/$platform.bin
  mkdir -p "$programs"

  # Paths are left out, so that every folder builds the same bytes.
  program rustc 'PATH=$tools/usr/bin:$PATH LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu exec "$tools/usr/bin/rustc" "$@" \
    "--remap-path-prefix=$root=." "--remap-path-prefix=$tools=/rust" "--remap-path-prefix=$cargo=/cargo"'
  # The compiler's libraries are not the linker's.
  program host-linker 'unset LD_LIBRARY_PATH; exec cc "$@"'
  # gcc's own folders come before those of --sysroot, so that they are named, too.
  local old='"$@" "--sysroot=$glibc" "-B$glibc/usr/lib/$triple/" "-L$glibc/usr/lib/$triple" "-L$glibc/lib/$triple"'
  if [ "$platform" = linux-x64 ]; then
    program cc "unset LD_LIBRARY_PATH; exec cc $old"
    program run 'exec "$glibc/lib64/ld-linux-x86-64.so.2" --library-path "$glibc/lib/$triple:$LD_LIBRARY_PATH" "$@"'
  else
    program cc "LD_LIBRARY_PATH=\$tools/usr/lib/x86_64-linux-gnu exec \"\$tools/usr/bin/aarch64-linux-gnu-gcc\" $old"
    program run 'exec "$tools/usr/bin/qemu-aarch64-static" -L "$glibc" "$@"'
  fi
  program linker 'exec "$programs/cc" "-L$programs/lib" "$@"'
  relative_links "$glibc"
  "$root/tools/platforms/libc-stub.sh" "$glibc/lib/$triple/libc.so.6" 2.28 "$programs/lib" "$programs/cc" ||
    die "the C compiler for $platform does not work with Debian bullseye's C library"
  # What the linker reads for -lc: bullseye's own, but for the stub.
  sed -E "/^(\/\*|   )/d; s#(/[^ ]+)#\"$glibc\\1\"#g; s#\"[^\"]*/libc\.so\.6\"#\"$programs/lib/libc.so.6\"#" "$glibc/usr/lib/$triple/libc.so" >"$programs/lib/libc.so"
  "$programs/rustc" --version >/dev/null || die "Debian's compiler does not run"
}

# program NAME COMMAND   makes a program of the shell's in $programs.
program() {
  { printf '#!/bin/sh\n'; printf '%s=%q\n' root "$root" tools "$tools" glibc "$glibc" programs "$programs" triple "$triple" \
    cargo "${CARGO_HOME:-$HOME/.cargo}"; printf '%s\n' "$2"; } >"$programs/$1.new"
  chmod +x "$programs/$1.new"
  mv "$programs/$1.new" "$programs/$1"
}

# Debian's absolute links would lead to this machine's own libraries.
relative_links() {
  local link to
  find "$1/lib"* "$1/usr/lib" -type l -lname '/*' | while IFS= read -r link; do
    to=$(readlink "$link")
    ln -sfn "$(realpath -m --relative-to "$(dirname "$link")" "$1$to")" "$link"
  done
}

# linux_cargo COMMAND ARGUMENTS...   runs cargo for the platform of linux_tools. The caller has sourced tools/cargo-folder.sh.
linux_cargo() {
  local command=$1 name version
  shift
  name=${target^^} name=CARGO_TARGET_${name//-/_}_LINKER
  (cd "$cargo_folder" && env "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=$programs/host-linker" "$name=$programs/linker" \
    "RUSTC=$programs/rustc" "CARGO_TARGET_DIR=$root/target/linux" cargo "$command" "${locked[@]}" --target "$target" "$@") && return
  version=$("$programs/rustc" --version)
  # The first thing to know of a failure that the sources do not explain.
  [[ $version == "rustc $tried "* ]] || say "Debian has moved on: this was tried with rustc $tried, and Debian has $version"
  return 1
}
