#!/usr/bin/env bash
# Runs an SSH server for the remoting test until its standard input ends. The server comes from Debian's package openssh-server,
# unpacked and not installed. It runs in a mount namespace, on a loopback port, with temporary keys. Needs root.
#   ssh-server.sh CACHE FOLDER PORT COMMAND...       the command is that of the subsystem powershell
set -euo pipefail

cache=$1 folder=$2 port=$3
shift 3
say() { echo "ssh-server: $*" >&2; }
die() { say "$@"; exit 77; }

if [ ! -x "$cache/usr/sbin/sshd" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  . "$(dirname "$0")/../../tools/debian-packages.sh"
  . /etc/os-release
  debian_suite "$VERSION_CODENAME"
  rm -rf "$cache" "$cache.new"
  # libc is on every machine. Only the other dependencies of sshd are unpacked.
  mapfile -t packages < <(debian_closure openssh-server | grep -E '^(openssh-|lib(wrap|audit|pam0g|selinux|systemd|gssapi|krb5|k5crypto|keyutils|com-err|cap-ng|cbor|fido|wtmpdb|crypt1|nsl|tirpc))')
  debian_unpack "$cache.new" "${packages[@]}"
  mv "$cache.new" "$cache"
fi

ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
cp "$folder/user.pub" "$folder/authorized"
cat >"$folder/config" <<CONF
ListenAddress 127.0.0.1:$port
HostKey $folder/host
AuthorizedKeysFile $folder/authorized
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
Subsystem powershell $*
CONF
export CACHE=$cache FOLDER=$folder
LD_LIBRARY_PATH=$(find "$cache" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
# sshd requires its own user and folder, and finds its helpers by fixed paths. Only this namespace sees them, and they go with it.
exec unshare --mount --pid --fork --kill-child bash -c '
  set -e
  mount --make-rprivate /
  mount -t tmpfs none /run
  mkdir /run/sshd
  { grep -v "^sshd:" /etc/passwd; echo "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin"; } >"$FOLDER/passwd"
  mount --bind "$FOLDER/passwd" /etc/passwd
  if [ -d /usr/lib/openssh ]; then mount --bind "$CACHE/usr/lib/openssh" /usr/lib/openssh; fi
  "$CACHE/usr/sbin/sshd" -D -e -f "$FOLDER/config" &
  cat >/dev/null
  kill %1
'
