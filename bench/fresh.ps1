# In a PowerShell of its own: writes the milliseconds of loading a peer, and of its first token.
param([string]$Peer, [string]$Settings)

$ErrorActionPreference = 'Stop'
$Agent, $Paths = Get-Content -Raw $Settings | ConvertFrom-Json | ForEach-Object { $_.Agent, $_.Paths }
. "$PSScriptRoot/peers.ps1"
$load, $first = $Peers[$Peer].Load, $Peers[$Peer].Fresh
$resource = "https://$([guid]::NewGuid()).example"

$watch = [Diagnostics.Stopwatch]::StartNew()
. $load
$loaded = $watch.Elapsed.TotalMilliseconds
. $first $resource
$all = $watch.Elapsed.TotalMilliseconds
[string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $loaded, $all)
