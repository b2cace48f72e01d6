# What the scripts beside this file share. Each sources it first.
#
# A script ends with 0 if what it states still holds, with 1 if it does not, with 77 if it cannot run here.

set -euo pipefail

work=$(mktemp -d)
chmod 755 "$work" # A program that gives up root must reach its files.
mkdir "$work/.config" # Without it NuGet writes its settings into the current folder.
started=()
finish() {
  local process
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 POWERSHELL_TELEMETRY_OPTOUT=1
# Nothing of the caller's counts: no proxy, no identity, no settings in the home folder.
unset IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT IMDS_ENDPOINT MSI_ENDPOINT MSI_SECRET DEFAULT_IDENTITY_CLIENT_ID
unset AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_CLIENT_SECRET AZURE_TOKEN_CREDENTIALS AZURE_POD_IDENTITY_AUTHORITY_HOST
alone() { env -u http_proxy -u HTTP_PROXY -u https_proxy -u HTTPS_PROXY -u all_proxy -u ALL_PROXY -u no_proxy -u NO_PROXY HOME="$work" "$@"; }

skip() { echo "SKIP $*"; exit 77; }
need() {
  local program
  for program; do command -v "$program" >/dev/null || skip "$program is not installed"; done
}

# same WHAT SEEN EXPECTED: the text that was seen is the expected one. EXPECTED is a pattern as in `case`.
same() {
  # shellcheck disable=SC2053 # a pattern
  if [[ $2 == $3 ]]; then
    echo "holds: $1: ${2:0:400}"
  else
    printf 'CHANGED: %s\n  seen:     %s\n  expected: %s\n' "$1" "$2" "$3"
    exit 1
  fi
}

# Installs npm packages, exact versions, into $work/node_modules.
npm_packages() {
  need node npm
  (cd "$work" && npm init -y && npm install --no-audit --no-fund --save-exact "$@") >"$work/npm.log" 2>&1 ||
    skip "npm could not install $*: $(grep -m 1 'npm error' "$work/npm.log" || tail -n 1 "$work/npm.log")"
}

# nuget_program PACKAGE@VERSION...: builds the program on standard input; `dotnet $work/out/program.dll` runs it.
nuget_program() {
  need dotnet
  mkdir "$work/program"
  cat >"$work/program/program.cs"
  {
    echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings>'
    echo "<TargetFramework>net$(dotnet --version | cut -d. -f1).0</TargetFramework></PropertyGroup><ItemGroup>"
    for package; do echo "<PackageReference Include=\"${package%@*}\" Version=\"[${package#*@}]\" />"; done
    echo '</ItemGroup></Project>'
  } >"$work/program/program.csproj"
  dotnet build "$work/program" --output "$work/out" --verbosity quiet -p:UseSharedCompilation=false >"$work/build.log" 2>&1 || {
    if grep -qE 'error (NU|CS)' "$work/build.log"; then
      if grep -q 'error NU1' "$work/build.log"; then skip "NuGet: $(grep -m 1 -o 'error NU.*' "$work/build.log")"; fi
    fi
    tail -n 5 "$work/build.log"
    exit 1
  }
}

# debian_packages NAME=VERSION...: unpacks Debian's packages below $work/root.
debian_packages() {
  need apt-get dpkg-deb
  (mkdir "$work/deb" && cd "$work/deb" && chmod 777 . && apt-get -qq download "$@") >"$work/apt.log" 2>&1 ||
    skip "Debian: $(grep -m 1 '^E:' "$work/apt.log" || echo "no $*")"
  for package in "$work/deb"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
}

# endpoint STATUS BODY: a stand-in for whatever gives tokens, on a free loopback port: sets $port. Every request is a line of
# $work/requests: method, path, headers that matter, body. In BODY, NOW+N stands for the unix second N seconds from now.
endpoint() {
  need python3
  cat >"$work/endpoint.py" <<'PYTHON'
import http.server, re, sys, time
status, body, log = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a")
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self):
        sent = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("latin-1")
        names = ("metadata", "x-identity-header", "secret", "authorization")
        headers = [f"{n}: {self.headers[n]}" for n in names if self.headers[n]]
        print(f"{self.command} {self.path}", "; ".join(headers), sent.replace("\n", " ")[:300], sep=" | ", file=log, flush=True)
        text = re.sub(r"NOW\+(\d+)", lambda m: str(int(time.time()) + int(m[1])), body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_GET = do_POST = do_PUT = do_HEAD = answer
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
  : >"$work/requests"
  start python3 "$work/endpoint.py" "$1" "$2" "$work/requests"
}

# start PROGRAM...: starts a server that prints its port as its first line, and sets $port.
start() {
  : >"$work/port"
  "$@" >"$work/port" 2>"$work/server.log" &
  started+=($!)
  local tries=0
  until port=$(head -n 1 "$work/port") && [ -n "$port" ]; do
    [ $((tries += 1)) -lt 100 ] || { echo "the stand-in did not start"; cat "$work/server.log"; exit 1; }
    sleep 0.1
  done
}

requests() { wc -l <"$work/requests" | tr -d ' '; }
