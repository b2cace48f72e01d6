#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
. "$here/clients/debian-azure-cli.sh"
login=(bash -c '/usr/bin/python3 -m azure.cli login --identity --allow-no-subscriptions 2>&1 | grep ERROR')
# It asks the address of a VM, not the agent.
states with '0 requests: ERROR: Failed to connect to MSI.*' "${login[@]}"
states without '0 requests: ERROR: Failed to connect to MSI.*' "${login[@]}"
cat >"$work/listen.py" <<'PYTHON'
import http.server, subprocess, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        print(self.headers["Authorization"], flush=True)
        self.send_response(200); self.send_header("Content-Type", "application/json"); self.end_headers(); self.wfile.write(b"{}")
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
child = subprocess.Popen(["/usr/bin/python3", "-m", "azure.cli", "rest", "--url", f"http://127.0.0.1:{server.server_port}/", "--headers", "@headers"], stdout=subprocess.DEVNULL)
server.handle_request()
child.wait()
PYTHON
carries 'Bearer TOKEN' bash -c 'umask 077; "$ARC_TOKEN" --format header | sed "s/^Authorization: \(.*\)/{\"Authorization\": \"\1\"}/" >headers; /usr/bin/python3 listen.py'
print_row
