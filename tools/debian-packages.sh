# Fetches and unpacks Debian packages, for scripts that source this file. It uses an apt with separate state: it needs no root,
# leaves the machine's own apt alone, and installs nothing.
#
# The caller sets $work, an empty folder that it removes at the end, and defines `say` and `die`. It may set $debian_foreign, another
# architecture of Debian's whose packages are to be had as NAME:ARCHITECTURE.
#
#   debian_suite SUITE [SUITE...]        reads the package lists of the suites; call it before the others
#   debian_closure PACKAGE...            prints the packages and all their dependencies
#   debian_unpack FOLDER PACKAGE...      fetches the packages, without dependencies, and unpacks them in FOLDER

# Prints the Debian mirrors of this machine, so that this project names no host: those of the releases (0), or of their security
# updates (1). Without --no-release-info, apt prints nothing before the first `apt-get update` of a new machine.
debian_mirrors() {
  apt-get --no-release-info indextargets --format '$(SITE) $(IDENTIFIER) $(COMPONENT)' |
    awk -v security="$1" '$2 == "Packages" && $3 == "main" && ($1 ~ /security/) == security && !seen[$1]++ { print $1 }'
}

# Runs apt with its state below $work. It uses the machine's proxy, but not its pins, foreign architectures and hooks.
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
APT::Architectures "$(dpkg --print-architecture)${debian_foreign:+,$debian_foreign}";
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
  local suite tool mirror all security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  for tool in apt-get dpkg; do
    command -v "$tool" >/dev/null || die "$tool is missing: Debian's packages need a Debian-like machine"
  done
  [ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"
  mapfile -t all < <(debian_mirrors 0)
  [ ${#all[@]} -gt 0 ] || die "apt on this machine names no mirror"
  security=$(debian_mirrors 1 | head -n 1)
  for mirror in "${all[@]}"; do
    say "reading the package list of Debian $* from $mirror"
    for suite; do
      # Where the machine names no other, the mirror has the security updates beside it.
      case $suite in *-security) suite="${security:-$mirror-security} $suite" ;; *) suite="$mirror $suite" ;; esac
      printf 'deb [arch=%s signed-by=%s] %s main\n' "$(dpkg --print-architecture)${debian_foreign:+,$debian_foreign}" "$keyring" "$suite"
    done >"$work/sources.list"
    if debian_apt update >"$work/log" 2>&1; then return; fi
    tail -n 5 "$work/log" >&2
  done
  die "no mirror of this machine gives Debian $*"
}

debian_closure() {
  debian_apt install --no-install-recommends --print-uris -qq "$@" >"$work/uris" 2>"$work/log" ||
    { cat "$work/log" >&2; die "Debian lacks one of: $*"; }
  # Each line is: 'uri' name_version_arch.deb size hash. In the names, + and : are percent-encoded.
  awk '{ sub(/_.*/, "", $2); print $2 }' "$work/uris" | sed -e 's/%2b/+/g' -e 's/%3a/:/g'
}

debian_unpack() {
  local folder=$1
  shift
  say "fetching $# package$([ $# -eq 1 ] || echo s)"
  # The folder starts empty, because apt does not check an existing file of the right size.
  rm -rf "$work/debs"
  mkdir -p "$work/debs" "$folder"
  (cd "$work/debs" && debian_apt download "$@") >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "the download failed"; }
  # Beside each other: unpacking hundreds of them takes longer than fetching them.
  printf '%s\0' "$work"/debs/*.deb | xargs -0 -n 1 -P "$(nproc)" sh -c 'dpkg -x "$1" "$0"' "$folder" || die "the packages cannot be unpacked"
}
