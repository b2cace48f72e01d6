# Sourced by scripts that need files out of Debian's packages: fetches packages with an apt that has a state of its own, and
# unpacks them. Needs no root, leaves the machine's own apt alone, and installs nothing.
#
# The caller sets $work, an empty folder that it removes at the end, and defines `say` and `die`.
#
#   debian_suite SUITE                   before the others: reads the package list of that suite
#   debian_closure PACKAGE...            prints the packages, and all that they depend on
#   debian_unpack FOLDER PACKAGE...      fetches these packages, without what they depend on, and unpacks them in FOLDER

# Prints the Debian mirrors that this machine uses for its own packages, so that no host is written down in this project.
# Without --no-release-info, apt says nothing before the first `apt-get update` of a new machine.
debian_mirrors() {
  apt-get --no-release-info indextargets --format '$(SITE) $(IDENTIFIER) $(COMPONENT)' |
    awk '$2 == "Packages" && $3 == "main" && $1 !~ /security/ && !seen[$1]++ { print $1 }'
}

# An apt with a state of its own below $work. The machine's proxy counts; its pins, foreign architectures and hooks do not.
debian_apt() {
  mkdir -p "$work"/{lists/partial,cache/archives/partial,debs}
  cat >"$work/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Debug::NoLocking "true";
Dir::Cache "$work/cache";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "-";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::State::status "/dev/null";
CONF
  apt-get -q -c "$work/apt.conf" "$@"
}

debian_suite() {
  local suite=$1 tool mirror all keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  for tool in apt-get dpkg; do
    command -v "$tool" >/dev/null || die "$tool is missing: Debian's packages need a Debian-like machine"
  done
  [ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"
  mapfile -t all < <(debian_mirrors)
  [ ${#all[@]} -gt 0 ] || die "apt on this machine names no mirror"
  for mirror in "${all[@]}"; do
    say "reading the package list of Debian $suite from $mirror"
    printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$(dpkg --print-architecture)" "$keyring" "$mirror" "$suite" >"$work/sources.list"
    if debian_apt update >"$work/log" 2>&1; then return; fi
    tail -n 5 "$work/log" >&2
  done
  die "no mirror of this machine gives Debian $suite"
}

debian_closure() {
  debian_apt install --no-install-recommends --print-uris -qq "$@" >"$work/uris" 2>"$work/log" ||
    { cat "$work/log" >&2; die "Debian lacks one of: $*"; }
  # Lines are: 'uri' name_version_arch.deb size hash. The names are percent-encoded where they hold + or :.
  awk '{ sub(/_.*/, "", $2); print $2 }' "$work/uris" | sed -e 's/%2b/+/g' -e 's/%3a/:/g'
}

debian_unpack() {
  local folder=$1 deb
  shift
  say "fetching $# package$([ $# -eq 1 ] || echo s)"
  # apt does not check a file that already has the right size, hence the empty folder.
  rm -rf "$work/debs"
  mkdir -p "$work/debs" "$folder"
  (cd "$work/debs" && debian_apt download "$@") >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "the download failed"; }
  for deb in "$work"/debs/*.deb; do
    dpkg -x "$deb" "$folder"
  done
}
