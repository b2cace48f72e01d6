# The client and its packages, for its rows with and without arc-token exec.
consumer "$through"'Debian 12 `python3-azure`, `azure.identity` 1.13.0b2' 20230112+git-1
packages=$(apt-get --simulate --no-install-recommends install python3-azure=20230112+git-1 2>/dev/null | awk '$1 == "Inst" { print $2 }')
[ -n "$packages" ] || skip "Debian: python3-azure 20230112+git-1 is not to be had, or installed already"
# shellcheck disable=SC2086 # words
debian_packages $packages
export PYTHONPATH=$work/root/usr/lib/python3/dist-packages
cat >"$work/get.py" <<'PYTHON'
import os, time
from azure.identity import ManagedIdentityCredential
try:
    credential = ManagedIdentityCredential()
    if "TWICE" in os.environ:
        credential.get_token("https://vault.azure.net/.default")
        time.sleep(31)  # It asks at most every 30 s.
    print(credential.get_token("https://vault.azure.net/.default").token)
except Exception as error:
    print(f"{type(error).__name__}: {error}".replace("\n", " "))
PYTHON
client=(/usr/bin/python3 get.py)
