#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'Debian 12 `rclone`, azureblob with `use_msi`' 1.60.1+dfsg-2+b5
debian_packages rclone=1.60.1+dfsg-2+b5
list=(bash -c 'root/usr/bin/rclone --config /dev/null --retries 1 --low-level-retries 1 lsf :azureblob,use_msi,account=account:container 2>&1 | sed "s/.*failed to acquire/failed to acquire/"')
# It asks the address of a VM, not the agent.
states with '0 requests: *failed to acquire MSI token: MSI is not enabled on this VM*' "${list[@]}"
states without '0 requests: *failed to acquire MSI token: MSI is not enabled on this VM*' "${list[@]}"
print_row
