# Measures the memory that a peer adds to a new PowerShell. Writes JSON: resident megabytes after loading, after 1 and 1,000 fresh
# tokens, and after 1, 1,000, 10,000 and 100,000 cached ones, all minus the size before loading.
param([string]$Peer, [string]$Settings)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
$load, $fresh, $cached = $Peers[$Peer].Load, $Peers[$Peer].Fresh, $Peers[$Peer].Cached

# .NET recompiles methods after some time, and that memory is not the peer's. The sleep gives the empty cmdlet the same time.
if ($Peer -eq 'EmptyModule') { $fresh = { $null = Get-Nothing; [Threading.Thread]::Sleep(1) } }

function Get-Resident {
    foreach ($turn in 1..3) {
        # In this mode, the collector also returns its free memory to the system.
        [GC]::Collect(2, [GCCollectionMode]::Aggressive, $true, $true)
        [GC]::WaitForPendingFinalizers()
    }
    [Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB
}

function Invoke-Often([scriptblock]$Body, [int]$Times) {
    for ($i = 0; $i -lt $Times; $i++) { . $Body "https://$($i % 50).example" }
}

# This warm-up allocates what PowerShell itself needs for the loops and for measuring.
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
