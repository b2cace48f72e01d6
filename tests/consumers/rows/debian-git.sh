#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'Debian 12 `git`, Azure DevOps' 1:2.39.5-0+deb12u3
debian_packages git=1:2.39.5-0+deb12u3
cat >"$work/listen.py" <<'PYTHON'
import http.server, os, subprocess
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        print(self.headers["Authorization"], flush=True)
        self.send_response(404); self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
url = f"http://127.0.0.1:{server.server_port}"
settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"http.{url}/.extraHeader", "GIT_CONFIG_VALUE_0": os.environ["HEADER"], "GIT_EXEC_PATH": "root/usr/lib/git-core"}
child = subprocess.Popen(["root/usr/bin/git", "ls-remote", f"{url}/org/_git/repository"], env=os.environ | settings, stderr=subprocess.DEVNULL)
server.handle_request()
child.wait()
PYTHON
carries 'Bearer TOKEN' bash -c 'HEADER=$("$ARC_TOKEN" --resource 499b84ac-1321-427f-aa17-267ca6975798 --format header) python3 listen.py'
print_row
