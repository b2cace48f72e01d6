# The client and its packages, for its rows with and without arc-token exec.
consumer "$through"'Debian 12 `azure-cli`' 2.45.0-1
packages=$(apt-get --simulate --no-install-recommends install azure-cli=2.45.0-1 2>/dev/null | awk '$1 == "Inst" { print $2 }')
[ -n "$packages" ] || skip "Debian: azure-cli 2.45.0-1 is not to be had, or installed already"
# shellcheck disable=SC2086 # words
debian_packages $packages
export PYTHONPATH=$work/root/usr/lib/python3/dist-packages AZURE_CONFIG_DIR=$work/azure AZURE_CORE_COLLECT_TELEMETRY=no
