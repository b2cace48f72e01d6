# In a PowerShell of its own: what a peer adds to its memory. Writes JSON: megabytes resident after loading, after 1,000 fresh
# tokens, and after 1, 1,000, 10,000 and 100,000 cached ones, all without what was there before.
param([string]$Peer, [string]$Settings)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
$load, $fresh, $cached = $Peers[$Peer].Load, $Peers[$Peer].Fresh, $Peers[$Peer].Cached

# .NET compiles methods again after some time, and what it takes for that is no peer's: the empty cmdlet gets the same time.
if ($Peer -eq 'EmptyModule') { $fresh = { $null = Get-Nothing; [Threading.Thread]::Sleep(1) } }

function Get-Resident {
    foreach ($turn in 1..3) {
        # Aggressive: the collector also gives back to the system what it has in stock.
        [GC]::Collect(2, [GCCollectionMode]::Aggressive, $true, $true)
        [GC]::WaitForPendingFinalizers()
    }
    [Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB
}

function Invoke-Often([scriptblock]$Body, [int]$Times) {
    for ($i = 0; $i -lt $Times; $i++) { . $Body "https://$($i % 50).example" }
}

# What PowerShell needs for loops, and for asking for its own size, is no peer's.
Invoke-Often { $null = Get-Date } 2000
$null = Get-Resident
$before = Get-Resident
$result = [ordered]@{}
. $load
$result.loaded = (Get-Resident) - $before
Invoke-Often $fresh 1
$result.'fresh 1' = (Get-Resident) - $before
Invoke-Often $fresh 999
$result.'fresh 1000' = (Get-Resident) - $before
if ($cached) {
    $done = 0
    foreach ($times in 1, 1000, 10000, 100000) {
        Invoke-Often $cached ($times - $done)
        $done = $times
        $result."cached $times" = (Get-Resident) - $before
    }
}
$result | ConvertTo-Json -Compress
