#!/usr/bin/env bash
# pgbouncer 1.18.0-1+deb12u1, Debian 12. Last run 2026-11-29.
#
# For PostgreSQL with Entra a token is the password. A token of a machine's identity has 1,500 to 2,500 characters, more with roles and
# groups, and PgBouncer takes passwords of 2,047 at most. One that is longer in auth_file does not stop it: one line of the log says
# so, the user is left out, and the client hears "password authentication failed", as for a wrong password. So it works for one
# machine and not for its neighbour, or until the identity gets one more role.
. "$(dirname "$0")/common.sh"

need python3 setpriv
debian_packages pgbouncer=1.18.0-1+deb12u1 libevent-2.1-7 libc-ares2
cat >"$work/client.py" <<'PYTHON'
# Logs in to port argv[1] with a password of argv[2] characters; prints "in" or the server's message.
import socket, struct, sys
def packet(kind, data): return kind + struct.pack("!i", len(data) + 4) + data
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
peer.sendall(packet(b"", struct.pack("!i", 196608) + b"user\0u\0database\0d\0\0"))
stream = peer.makefile("rb")
while True:
    kind, size = stream.read(1), struct.unpack("!i", stream.read(4))[0]
    data = stream.read(size - 4)
    if kind == b"R" and data[:4] == b"\0\0\0\3": peer.sendall(packet(b"p", b"e" * int(sys.argv[2]) + b"\0"))
    elif kind == b"R": print("in"); break
    elif kind == b"E": print(next(part[1:].decode() for part in data.split(b"\0") if part[:1] == b"M")); break
PYTHON
cat >"$work/server.py" <<'PYTHON'
# A PostgreSQL that takes whoever comes.
import socket, struct
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    peer, _ = listener.accept()
    peer.recv(65536)
    peer.sendall(b"R" + struct.pack("!ii", 8, 0) + b"S" + struct.pack("!i", 24) + b"server_version\x0015.0\0" + b"Z" + struct.pack("!i", 5) + b"I")
PYTHON
start python3 "$work/server.py"
server=$port
try() {
  listen=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
  printf '"u" "%s"\n' "$(printf "%$1s" | tr ' ' e)" >"$work/users"
  printf '%s\n' '[databases]' "* = host=127.0.0.1 port=$server" '[pgbouncer]' 'listen_addr=127.0.0.1' "listen_port=$listen" \
    'auth_type=plain' "auth_file=$work/users" "logfile=$work/bouncer/log" "pidfile=$work/bouncer/pid" 'unix_socket_dir=' >"$work/bouncer.ini"
  rm -rf "$work/bouncer"
  mkdir -m 777 "$work/bouncer"
  local as=()
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --clear-groups) # It does not run as root.
  LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libevent*.so*' | head -n 1)") \
    "${as[@]}" "$work/root/usr/sbin/pgbouncer" "$work/bouncer.ini" >"$work/bouncer.out" 2>&1 &
  started+=($!)
  for _ in $(seq 50); do grep -q 'process up' "$work/bouncer/log" 2>/dev/null && break; sleep 0.1; done
  seen=$(python3 "$work/client.py" "$listen" "$1")
  kill "${started[-1]}"
}
try 2047
same "2047 characters" "$seen" in
try 2048
same "2048 characters" "$seen" 'password authentication failed'
same "the log" "$(grep -m 1 -o 'ERROR.*' "$work/bouncer/log")" 'ERROR password too long in auth file'
