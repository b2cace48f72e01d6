#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
through='`arc-token exec`: '
. "$here/clients/debian-azure-cli.sh"
need openssl python3
# A Resource Manager without subscriptions, with a certificate of its own. It prints the last token that came.
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
cat >"$work/login.py" <<'PYTHON'
import http.server, os, ssl, subprocess, sys, threading
seen = []
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        seen.append(self.headers["Authorization"].removeprefix("Bearer "))
        body = b'{"value": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("certificate.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
az = ["/usr/bin/python3", "-m", "azure.cli"]
environment = os.environ | {"REQUESTS_CA_BUNDLE": "certificate.pem"}
address = f"https://localhost:{server.server_port}"
def run(*words):
    ran = subprocess.run(az + list(words), env=environment, capture_output=True, text=True)
    if ran.returncode:
        print(" ".join(line for line in ran.stderr.splitlines() if line.startswith("ERROR") or "http error" in line or "returned" in line))
        sys.exit()
# Written as `az cloud register` would: that command asks the address for more.
folder = os.environ["AZURE_CONFIG_DIR"]
os.makedirs(folder, exist_ok=True)
with open(f"{folder}/clouds.config", "w") as file:
    print("[emulated]", f"endpoint_resource_manager = {address}", f"endpoint_management = {address}", "endpoint_active_directory = https://login.example",
          "endpoint_active_directory_resource_id = https://management.core.windows.net/",
          "endpoint_active_directory_graph_resource_id = https://graph.windows.net/", sep="\n", file=file)
with open(f"{folder}/config", "w") as file:
    print("[cloud]", "name = emulated", sep="\n", file=file)
for _ in range(2 if "TWICE" in os.environ else 1):
    run("login", "--identity", "--allow-no-subscriptions")
print(seen[-1])
PYTHON
login=(/usr/bin/python3 login.py)
through_exec 'works, 2 requests' 'Cloud Shell' "${login[@]}"
renews 'works, * requests' env TWICE=1 "$ARC_TOKEN" exec -- "${login[@]}"
states refused '* request*: ERROR: Failed to connect to MSI.*403*' "$ARC_TOKEN" exec -- "${login[@]}"
print_row
