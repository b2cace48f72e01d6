#!/usr/bin/env bash
# Runs the fuzz targets (fuzz/fuzz_targets) under libFuzzer and AddressSanitizer, without cargo-fuzz.
#
#   tools/fuzz.sh [SECONDS] [TARGET...]          all targets share SECONDS (default 60)
#   tools/fuzz.sh --inputs N [TARGET...]         N inputs for each target, without a time limit
#   tools/fuzz.sh --planted                      proves that the planted faults (fuzz/planted.rs) are found
#
# It prints a line "PASS target: ..." or "FAIL target: ..." for each target, then the number of inputs and "N passed, N failed".
# It ends with 77 and the reason if fuzzing is not possible. It needs a nightly Rust and a C++ compiler; libFuzzer comes with the
# crate libfuzzer-sys. The programs and the found inputs are in target/fuzz.
set -euo pipefail

say() { printf 'fuzz: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
skip() { printf 'skipped: fuzz targets: %s\n' "$*"; exit 77; }

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
out=${CARGO_TARGET_DIR:-$root/target}/fuzz
jobs=$(nproc)

limit=(60 seconds)
case ${1:-} in
  --inputs) limit=("${2:?how many}" inputs); shift 2 ;;
  --planted) limit=(0 planted); shift ;;
  [0-9]*) limit=("$1" seconds); shift ;;
  -*) die "unknown option $1" ;;
esac

[ "$(uname -sm)" = 'Linux x86_64' ] || skip "they run on Linux on x86-64 only"
rustc +nightly --version >/dev/null 2>&1 || skip "there is no nightly Rust (rustup toolchain install nightly)"
command -v "${CXX:-c++}" >/dev/null || skip "there is no C++ compiler to build libFuzzer with"
. "$root/tools/cargo-folder.sh"
sources=()
case ${cargo_folder##*/} in
  debian) skip "Debian's crates are in use, and libfuzzer-sys is not among them" ;;
  archive) sources=(--config "$cargo_folder/.cargo/config.toml") ;;
esac
nightly_asan >/dev/null || skip "this nightly Rust has no AddressSanitizer"
mkdir -p "$out"/{found,crashes,log}

# The flags of cargo-fuzz: counters of the code that an input reaches, and AddressSanitizer.
flags=(--cfg fuzzing -Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-sanitizer-coverage-stack-depth)

# build OPTION...   Builds targets: --bins for all, --bin NAME, or --example NAME.
build() {
  say "building"
  (cd "$root/fuzz" && RUSTFLAGS="${flags[*]}" cargo +nightly build "${sources[@]}" --locked --quiet --release "$@" --target "$sanitized_target" --target-dir "$out/build")
}

program() {
  local built=$out/build/$sanitized_target/release
  if [ "$1" = planted ]; then printf %s "$built/examples/$1"; else printf %s "$built/$1"; fi
}

# run_target NAME LIBFUZZER-OPTION...
run_target() {
  local name=$1 longest=400 folders=("$out/found/$1")
  shift
  [ "$name" != key_content ] || longest=4200 # Its limit is 4096.
  mkdir -p "${folders[0]}"
  # libFuzzer writes found inputs into the first folder, and only reads the second, which is checked in.
  [ ! -d "$root/fuzz/corpus/$name" ] || folders+=("$root/fuzz/corpus/$name")
  # Whole stacks for each allocation would take half of the time. A replay shows them.
  ASAN_OPTIONS=malloc_context_size=1 "$(program "$name")" -print_final_stats=1 -timeout=20 -max_len="$longest" \
    -artifact_prefix="$out/crashes/$name-" "$@" "${folders[@]}" >"$out/log/$name" 2>&1 &
  trap "kill $!" TERM
  wait $!
}

stat_of() { sed -n "s/^stat::$2: *//p" "$out/log/$1"; }

# report NAME EXIT-CODE
report() {
  local name=$1 inputs=
  inputs=$(stat_of "$name" number_of_executed_units)
  if [ "$2" -eq 0 ] && [ -n "$inputs" ]; then
    printf 'PASS %s: %s inputs, %s/s\n' "$name" "$inputs" "$(stat_of "$name" average_exec_per_sec)"
  else
    printf 'FAIL %s\n' "$name"
    # The target's error and the path of the input, without the compiler's own frames.
    grep -aE 'panicked at|^SUMMARY|run interrupted|^==[0-9]+== *ERROR|Test unit written to' -A 2 "$out/log/$name" | head -n 20 | sed 's/^/     /'
    local input
    input=$(sed -n 's/.*Test unit written to //p' "$out/log/$name" | tail -n 1)
    [ -z "$input" ] || printf '     replay: %s %s\n     keep:   as a unit test of the parser, or: cp %s %s/WHAT-IT-SHOWS\n' \
      "$(program "$name")" "$input" "$input" "$root/fuzz/corpus/$name"
  fi
}

# finds FAULT WORDS   A run with the planted fault must fail with these words, and so must the replay of the found input.
finds() {
  local fault=$1 words=$2 code=0 result input
  # Each run begins without inputs and with the same seed. 50,000 to 250,000 inputs were enough each time.
  rm -rf "$out/found/planted"
  ARCTOKEN_PLANTED=$fault run_target planted -seed=1 -runs=3000000 || code=$?
  result=$(report planted "$code")
  input=$(sed -n 's/^ *replay: [^ ]* //p' <<<"$result")
  if [[ $result == FAIL* && $result =~ $words && -f $input ]] && ! ARCTOKEN_PLANTED=$fault "$(program planted)" "$input" >/dev/null 2>&1 &&
    ARCTOKEN_PLANTED=none "$(program planted)" "$input" >/dev/null 2>&1; then
    printf 'PASS a planted %s is found, after %s inputs\n' "$fault" "$(stat_of planted number_of_executed_units)"
  else
    printf 'FAIL a planted %s is found: see %s\n%s\n' "$fault" "$out/log/planted" "$result"
  fi
}

results=$(mktemp "$out/results.XXXXXX")
# All targets end when the script ends for any reason.
trap 'kill $(jobs -p) 2>/dev/null || :; rm -f "$results"' EXIT
trap 'exit 130' INT TERM

if [ "${limit[1]}" = planted ]; then
  build --bins --example planted # All targets are built, so that a target that does not build is noticed.
  finds panic 'panicked at' | tee -a "$results"
  finds overflow 'heap-buffer-overflow' | tee -a "$results"
  wanted=2
else
  if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <(cd "$root/fuzz/fuzz_targets" && printf '%s\n' *.rs | sed 's/\.rs$//'); fi
  build "${targets[@]/#/--bin=}"
  wanted=${#targets[@]}
  if [ "${limit[1]}" = inputs ]; then
    options=(-runs="${limit[0]}")
  else
    share=$((limit[0] * jobs / wanted))
    options=(-max_total_time=$((share > 0 ? share : 1)))
  fi
  say "$wanted targets, $jobs at a time, ${options[*]}"
  for name in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || :; done
    (code=0; run_target "$name" "${options[@]}" || code=$?; report "$name" "$code" | tee -a "$results") &
  done
  wait
  printf '%s inputs in all\n' "$(awk '/^PASS / { sum += $3 } END { print sum + 0 }' "$results")"
fi

passed=$(grep -c '^PASS ' "$results") || :
printf '%s passed, %s failed\n' "$passed" "$((wanted - passed))"
[ "$passed" -eq "$wanted" ]
