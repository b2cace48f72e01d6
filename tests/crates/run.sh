#!/usr/bin/env bash
# Tests of tools/crates.sh, in a checkout of its own with a cargo that only says whether the registry answers, and an archive of
# one crate. A line "PASS name" or "FAIL name" for each, at the end "N passed, N failed".
set -uo pipefail

tools=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../tools" && pwd -P)
work=$(cd -- "$(mktemp -d)" && pwd -P)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
unset ARCTOKEN_CRATES
passed=0 failed=0

program() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
registry() { program "$work/now/bin/cargo" "$([ "$1" = answers ] && echo 'exit 0' || echo 'exit 101')"; }

# pack CRATE   makes an archive of one crate, $work/CRATE.
pack() {
  mkdir -p "$work/pack/crates/$1"
  head -c 100000 /dev/urandom >"$work/pack/crates/$1/data"
  tar -cJf "$work/$1" -C "$work/pack" crates && rm -r "$work/pack"
}

# What each test begins with: a checkout, a folder `shared` beside it, an archive elsewhere, a registry that does not answer, and
# Debian's packages.
pack one 2>/dev/null || { echo 'skipped: tar makes no .tar.xz on this machine'; exit 77; }
pack two
mkdir -p "$work"/now/{bin,elsewhere,shared,checkout/{tools,src}}
root=$work/now/checkout folder=$work/now/checkout/target/archive
archive=$work/now/elsewhere/crates.tar.xz shared=$work/now/shared/crates.tar.xz
cp "$tools/crates.sh" "$tools/crates-folder.sh" "$root/tools"
touch "$root/Cargo.toml" "$root/Cargo.lock"
program "$root/tools/debian-crates.sh" 'exit 0'
registry no
cp "$work/one" "$archive"
cp -a "$work/now" "$work/beginning"
fresh() { rm -rf "$work/now"; cp -a "$work/beginning" "$work/now"; }

# crates [CHOICE]   runs the script. Sets $code, $lock and $place from what it prints, and $said.
crates() {
  local output
  output=$(cd "$work/now" && ARCTOKEN_CRATES=${1:-} PATH=$work/now/bin:$PATH "$root/tools/crates.sh" 2>"$work/said")
  code=$? lock=${output%%$'\n'*} place=${output##*$'\n'} said=$(cat "$work/said")
}

# gives LOCK PLACE   whether it did its work, and gave these.
gives() { [ "$code" -eq 0 ] && [ "$lock" = "$1" ] && [ "$place" = "$2" ]; }
# refuses WORDS...   whether it failed, printed nothing, and said all of these.
refuses() {
  [ "$code" -ne 0 ] && [ -z "$lock$place" ] || return 1
  for words; do [[ $said == *"$words"* ]] || return 1; done
}
no_rest() { [ -z "$(find "$root/target" -name 'work.*' -o -name 'probe.*')" ]; }

the_registry() { crates registry; gives --locked "$root"; }
debian_is_not_locked() { crates debian; gives '' "$root/target/debian" && [[ $said == *'not locked'* ]]; }
debian_is_not_to_be_had() {
  program "$root/tools/debian-crates.sh" 'exit 77'
  crates debian
  [ "$code" -eq 77 ] && refuses
}
an_archive() {
  crates "$archive"
  gives --locked "$folder" && [ -s "$folder/crates/one/data" ] && no_rest &&
    [ "$folder/Cargo.toml" -ef "$root/Cargo.toml" ] && [ "$folder/Cargo.lock" -ef "$root/Cargo.lock" ] && [ "$folder/src" -ef "$root/src" ] &&
    [ ! -e "$folder/target" ] && [ ! -e "$root/.cargo" ] && grep -q 'directory = "crates"' "$folder/.cargo/config.toml"
}
an_archive_by_a_relative_path() { crates elsewhere/crates.tar.xz; gives --locked "$folder"; }
an_archive_is_unpacked_once() {
  crates "$archive"
  touch "$folder/crates/mark"
  crates "$archive"
  gives --locked "$folder" && [ -e "$folder/crates/mark" ]
}
another_archive_takes_its_place() {
  crates "$archive"
  cp "$work/two" "$archive"
  crates "$archive"
  gives --locked "$folder" && [ -e "$folder/crates/two" ] && [ ! -e "$folder/crates/one" ] && no_rest
}
a_file_that_is_gone_has_no_link() {
  crates "$archive"
  rmdir "$root/src"
  crates "$archive"
  gives --locked "$folder" && [ ! -L "$folder/src" ]
}
half_unpacked_is_begun_anew() {
  mkdir -p "$folder/crates/half"
  crates "$archive"
  gives --locked "$folder" && [ ! -e "$folder/crates/half" ] && [ -s "$folder/crates/one/data" ]
}
a_read_only_folder() {
  local before
  before=$(ls -la "$work/now/elsewhere")
  chmod -R a-w "$work/now/elsewhere"
  crates "$archive"
  chmod u+w "$work/now/elsewhere" "$archive"
  gives --locked "$folder" && [ "$(ls -la "$work/now/elsewhere")" = "$before" ]
}
a_truncated_archive() {
  head -c 60000 "$work/one" >"$archive"
  crates "$archive"
  refuses "$archive" 'cannot be unpacked whole' && [ ! -e "$folder/crates" ] && [ ! -e "$folder/crates.stamp" ] && no_rest || return
  cp "$work/one" "$archive"
  crates "$archive"
  gives --locked "$folder"
}
no_archive_at_all() { echo text >"$archive"; crates "$archive"; refuses "$archive" 'cannot be unpacked whole'; }
a_missing_archive() { crates "$work/no/crates.tar.xz"; refuses "$work/no/crates.tar.xz" 'no such file' registry debian crates.tar.xz; }
a_wrong_value() { crates Registry; refuses "'Registry'" 'no such file' 'It takes: registry, debian, or the path of an archive'; }
by_itself_the_registry() {
  registry answers
  cp "$work/two" "$shared"
  crates
  gives --locked "$root" && registry no && crates && gives --locked "$root" && no_rest
}
by_itself_the_archive_beside_it() {
  cp "$work/two" "$shared"
  crates
  gives --locked "$folder" && [ -e "$folder/crates/two" ] && registry answers && crates && gives --locked "$folder" && no_rest
}
by_itself_debian() {
  crates
  gives '' "$root/target/debian" && registry answers && crates && gives '' "$root/target/debian"
}
an_archive_that_went_away_is_not_remembered() {
  cp "$work/two" "$shared"
  crates
  rm "$shared"
  crates
  gives '' "$root/target/debian"
}
the_variable_is_not_remembered() { registry answers; crates debian; crates; gives --locked "$root"; }

# All functions below `no_rest` are tests.
for name in $(sed -n '/^no_rest/,$s/^\([a-z_]*\)() {.*/\1/p' "${BASH_SOURCE[0]}" | tail -n +2); do
  fresh
  if "$name"; then
    printf 'PASS %s\n' "$name"
    passed=$((passed + 1))
  else
    printf 'FAIL %s\n     code %s, printed "%s" and "%s", said: %s\n' "$name" "$code" "$lock" "$place" "$said"
    failed=$((failed + 1))
  fi
done
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
