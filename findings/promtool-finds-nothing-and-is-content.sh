#!/usr/bin/env bash
# prometheus 2.42.0+ds-5+deb12u1, Debian 12. Last run 2026-11-29.
#
# `promtool check service-discovery` is there to try a discovery out before Prometheus is started with it. Where the machine's identity
# gives no token (on Arc none does: this version asks 169.254.169.254 whatever the variables say), it prints an empty list, and ends with
# 0 after its whole time-out, 30 s by default. "No machines in this subscription" looks the same. The reason came to standard error in
# one of four runs: the program ends in the moment in which it would be written. So in a pipeline look at the list, not at the status.
. "$(dirname "$0")/common.sh"

need unshare
unshare --map-root-user --net true 2>/dev/null || skip "this machine allows no network namespace"
debian_packages prometheus=2.42.0+ds-5+deb12u1
printf '%s\n' 'scrape_configs:' '- job_name: machines' '  azure_sd_configs:' '  - authentication_method: ManagedIdentity' \
  '    subscription_id: 00000000-0000-0000-0000-000000000001' >"$work/prometheus.yml"
began=$SECONDS
code=0
# A network without a route: nobody has an identity to give.
seen=$(alone unshare --map-root-user --net "$work/root/usr/bin/promtool" check service-discovery --timeout=10s "$work/prometheus.yml" machines 2>/dev/null) || code=$?
same "standard output" "$seen" '[[]]'
same "exit status" "$code" 0
same "after its time-out" "$((SECONDS - began >= 9))" 1
