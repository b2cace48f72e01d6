#!/usr/bin/env bash
# A compiler for tools/fuzz.sh: cargo's RUSTC_WRAPPER. Adds the counters that tell libFuzzer what an input reached, only to the
# crates that the targets are about: looking through those of the HTTP library after each input would take most of the time.

coverage=(-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares)

# Without a target named, it is for a build script or a macro.
crate=$(sed -n 's/.* --crate-name \([^ ]*\) .* --target .*/\1/p' <<<" $* ")
case $crate in
  arc_token | base64 | chrono | form_urlencoded | fuzz | idna | percent_encoding | serde_core | serde_json | url)
    exec "$@" "${coverage[@]}"
    ;;
esac
exec "$@"
