#!/usr/bin/env bash
# Makes a C library to link against, in which everything newer than one version of glibc is missing, from a newer glibc. Rust's standard
# library has weak symbols for newer functions, and does without them. The linker would note the version of glibc that has them, and
# the loader of an older one refuses the program for that. A weak symbol that is found nowhere has no version, and is found later where it is.
#
#   tools/platforms/libc-stub.sh LIBC.SO.6 VERSION FOLDER COMPILER...      writes FOLDER/libc.so.6
set -euo pipefail

library=$1 newest=$2 folder=$3
shift 3
mkdir -p "$folder"
# Functions that do nothing and data of the right size: only names, kinds and versions count.
LC_ALL=C readelf --dyn-syms --wide "$library" | awk -v newest="$newest" -v script="$folder/versions" '
  function later(version,    one, two, i) {
    if (version !~ /^GLIBC_[0-9.]+$/) return 0
    split(substr(version, 7), one, "."); split(newest, two, ".")
    for (i = 1; i <= 3; i++) if (one[i] + 0 != two[i] + 0) return one[i] + 0 > two[i] + 0
    return 0
  }
  $7 == "UND" || $7 == "ABS" || $8 !~ /@/ { next }
  { version = $8; sub(/.*@/, "", version) }
  later(version) { next }
  !seen[version]++ { print version " { local: stub_*; };" >script }
  {
    kind = $4 == "TLS" ? "tls_object" : $4 == "OBJECT" ? "object" : "function"
    print ($4 == "TLS" ? ".section .tbss,\"awT\",%nobits" : $4 == "OBJECT" ? ".bss" : ".text")
    printf ".globl stub_%d\n.type stub_%d,%%%s\nstub_%d:\n.skip %d\n.size stub_%d,%d\n.symver stub_%d,%s\n", \
      NR, NR, kind, NR, $4 == "FUNC" || $4 == "IFUNC" ? 1 : $3, NR, $3, NR, $8
  }' >"$folder/libc.s"
"$@" -shared -nostdlib -Wl,-soname,libc.so.6 -Wl,--version-script="$folder/versions" -o "$folder/libc.so.6" "$folder/libc.s"
rm "$folder/libc.s" "$folder/versions"
