#!/usr/bin/env bash
# Runs the fuzz targets (src/fuzzing) under libFuzzer and AddressSanitizer.
#
#   tools/fuzz.sh [SECONDS] [TARGET...]          all targets share SECONDS (default 60)
#   tools/fuzz.sh --inputs N [TARGET...]         N inputs for each target, however long it takes
#   tools/fuzz.sh --merge [TARGET...]            takes what earlier runs found into fuzz/corpus, as far as it reaches new code
#
# A line "PASS target: ..." or "FAIL target: ..." for each target, at the end the number of inputs and "N passed, N failed".
# Ends with 77 and the reason where fuzzing is not possible. Needs a nightly Rust; libFuzzer comes from a Debian package,
# unpacked below target/ and not installed. What is built and found lies in target/fuzz.
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
  --merge) limit=(0 merge); shift ;;
  [0-9]*) limit=("$1" seconds); shift ;;
esac

[ "$(uname -sm)" = 'Linux x86_64' ] || skip "they run on Linux on x86-64 only"
rustc +nightly --version >/dev/null 2>&1 || skip "there is no nightly Rust (rustup toolchain install nightly)"
. "$root/tools/cargo-folder.sh"
asan=$(nightly_asan) || skip "this nightly Rust has no AddressSanitizer"
mkdir -p "$out"/{found,crashes,log}

# The package of this suite, whatever the machine runs: a later one's asks for a newer C library than many machines have. What
# libFuzzer and the compiler share has not changed since.
fetch_libfuzzer() {
  local work
  libfuzzer=$(find "$out/libfuzzer" -name 'libclang_rt.fuzzer-x86_64.a' 2>/dev/null) || :
  [ -z "$libfuzzer" ] || return 0
  (
    work=$(mktemp -d "$out/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    . "$root/tools/debian-packages.sh"
    debian_suite bookworm
    debian_unpack "$work/unpacked" libclang-rt-14-dev
    rm -rf "$out/libfuzzer"
    mv "$work/unpacked" "$out/libfuzzer"
  ) || skip "libFuzzer (Debian's package libclang-rt-14-dev) is not to be had"
  libfuzzer=$(find "$out/libfuzzer" -name 'libclang_rt.fuzzer-x86_64.a')
}

build() {
  (cd "$cargo_folder" && RUSTC_WRAPPER=$root/tools/fuzz-rustc.sh RUSTFLAGS=-Zsanitizer=address cargo +nightly build --quiet --profile fuzz \
    --features fuzzing --example fuzz --target "$sanitized_target" --target-dir "$out/build")
  "${CXX:-c++}" -o "$out/fuzz" -Wl,--gc-sections,-z,start-stop-gc \
    -Wl,--start-group "$out/build/$sanitized_target/fuzz/examples/libfuzz.a" "$libfuzzer" -Wl,--end-group \
    -Wl,--whole-archive "$asan" -Wl,--no-whole-archive -lpthread -ldl -lm -lrt
}

# run_target NAME LIBFUZZER-OPTION...
run_target() {
  local name=$1 longest=400
  shift
  [ "$name" != key_content ] || longest=4200 # Its limit is 4096.
  mkdir -p "$out/found/$name"
  ln -sfn fuzz "$out/$name"
  # The first folder is where what is found goes; the checked-in one is only read. Keeping whole stacks of each allocation would
  # take half of the time; a replay has them.
  ASAN_OPTIONS=malloc_context_size=1 "$out/$name" -print_final_stats=1 -timeout=20 -max_len="$longest" -artifact_prefix="$out/crashes/$name-" "$@" \
    "$out/found/$name" "$root/fuzz/corpus/$name" >"$out/log/$name" 2>&1 &
  trap "kill $!" TERM
  wait $!
}

stat_of() { sed -n "s/^stat::$2: *//p" "$out/log/$1"; }

report() {
  local name=$1 inputs=
  inputs=$(stat_of "$name" number_of_executed_units)
  if [ "$2" -eq 0 ] && [ -n "$inputs" ]; then
    printf 'PASS %s: %s inputs, %s/s\n' "$name" "$inputs" "$(stat_of "$name" average_exec_per_sec)"
  else
    printf 'FAIL %s\n' "$name"
    # What the target said, and where the input is, without the compiler's own frames.
    grep -aE 'panicked at|^SUMMARY|run interrupted|^==[0-9]+== *ERROR|Test unit written to' -A 2 "$out/log/$name" | head -n 20 | sed 's/^/     /'
    local input
    input=$(sed -n 's/.*Test unit written to //p' "$out/log/$name" | tail -n 1)
    [ -z "$input" ] || printf '     replay: %s %s\n     keep:   cp %s %s/\n' "$out/$name" "$input" "$input" "$root/fuzz/corpus/$name"
  fi
}

merge() {
  local name=$1 before
  before=$(find "$root/fuzz/corpus/$name" -type f | wc -l)
  mkdir -p "$out/found/$name"
  ln -sfn fuzz "$out/$name"
  # Few and short: one input for what several reach, and once for what is reached more than once.
  "$out/$name" -set_cover_merge=1 -use_counters=0 -max_len=200 "$root/fuzz/corpus/$name" "$out/found/$name" >"$out/log/$name" 2>&1 || die "merging $name failed: see $out/log/$name"
  printf '%s: %s inputs, %s before\n' "$name" "$(find "$root/fuzz/corpus/$name" -type f | wc -l)" "$before"
}

if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <(cd "$root/fuzz/corpus" && printf '%s\n' *); fi
fetch_libfuzzer
say "building"
build

if [ "${limit[1]}" = merge ]; then
  for name in "${targets[@]}"; do merge "$name"; done
  exit
fi

if [ "${limit[1]}" = inputs ]; then
  options=(-runs="${limit[0]}")
else
  share=$((limit[0] * jobs / ${#targets[@]}))
  options=(-max_total_time=$((share > 0 ? share : 1)))
fi
say "${#targets[@]} targets, $jobs at a time, ${options[*]}"

# Targets end with the script, however it ends.
trap 'kill $(jobs -p) 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM
results=$(mktemp "$out/results.XXXXXX")
for name in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || :; done
  (code=0; run_target "$name" "${options[@]}" || code=$?; report "$name" "$code" | tee -a "$results") &
done
wait
passed=$(grep -c '^PASS ' "$results") || :
total=$(awk '/^PASS / { sum += $3 } END { print sum + 0 }' "$results")
rm -f "$results"
printf '%s inputs in all\n' "$total"
failed=$((${#targets[@]} - passed))
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
