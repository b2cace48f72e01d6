# Sourced by scripts that build for another platform, or run its programs. Debian's packages for them, unpacked and never installed.
# They are kept in target/platforms/packages until `./build.sh clean`, so that a second run fetches nothing.
#
# The caller sets $root, and defines `say` and `cannot`, which ends the script because this machine has no such packages.

platforms=$root/target/platforms
. "$root/tools/debian-packages.sh"
. "$root/tools/crates-folder.sh"

# kept_packages NAME SUITES PACKAGES LESS   unpacks PACKAGES and all that they depend on into target/platforms/packages/NAME, once.
#   SUITES and PACKAGES are lists of words. A package may state its least version: rustc-web>=1.88. =PACKAGE is taken without what it
#   depends on. LESS is a pattern for those that are left out, because the machine's own serve. Sets $kept, the folder. $kept.versions
#   lists what was taken.
kept_packages() {
  local name=$1 suites=$2 packages=$3 less=$4 stamp closure=() alone=() package least found
  kept=$platforms/packages/$name
  stamp=$(printf '%s\n' "$suites" "$packages" "$less" | cksum)
  if [ "$(cat "$kept.stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  mkdir -p "$platforms/packages"
  new_work_folder "$platforms/packages"
  # In a shell of its own: what cannot be fetched is no failure of the build.
  (
    die() { say "$*"; exit 77; }
    debian_suite $suites
    for package in $(sed 's/>=[^ ]*//g' <<<"$packages"); do
      case $package in =*) alone+=("${package#=}") ;; *) closure+=("$package") ;; esac
    done
    : >"$work/versions"
    if [ ${#closure[@]} -gt 0 ]; then
      closure=($(debian_closure "${closure[@]}"))
      [ ${#closure[@]} -gt 0 ] || die "Debian $suites lacks one of: $packages"
      debian_versions >"$work/versions"
    fi
    for package in $packages; do
      [[ $package == *'>='* ]] || continue
      least=${package#*>=} package=${package%%>=*}
      found=$(awk -v name="$package" '$1 == name { print $2 }' "$work/versions")
      dpkg --compare-versions "$found" ge "$least" || die "Debian $suites has $package $found, and $least or later is needed"
    done
    mapfile -t closure < <(printf '%s\n' "${closure[@]}" | grep . | grep -vxE "${less:-none}")
    debian_unpack "$work/unpacked" "${closure[@]}" "${alone[@]}"
    # The files' names are NAME_VERSION_ARCHITECTURE.deb.
    for package in $(sed -E 's/>=[^ ]*//g; s/(^| )=/ /g; s/:[a-z0-9]+//g' <<<"$packages"); do
      printf '%s\n' "$work"/debs/"$package"_*.deb | sed -E 's|.*/||; s/%3a/:/; s/_[^_]*$//; s/_/ /'
    done | awk '!seen[$0]++' | paste -sd, | sed 's/,/, /g' >"$kept.versions"
  ) || cannot "the Debian packages for $name are not to be had"
  rm -rf "$kept" "$kept.stamp"
  mv "$work/unpacked" "$kept"
  printf '%s\n' "$stamp" >"$kept.stamp"
  rm -rf "$work"
}

# The names and versions of the last debian_closure.
debian_versions() { awk '{ split($2, part, "_"); print part[1], part[2] }' "$work/uris" | sed -e 's/%2b/+/g' -e 's/%3a/:/g' -e 's/%7e/~/g'; }
