# Measures by how much the memory of a PowerShell grows over many cached calls, after garbage collection. Writes JSON: megabytes.
param([string]$Peer, [string]$Settings, [int]$Calls)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
. $Peers[$Peer].Load

function Get-Resident {
    foreach ($turn in 1..3) {
        # In this mode, the collector also returns its free memory to the system.
        [GC]::Collect(2, [GCCollectionMode]::Aggressive, $true, $true)
        [GC]::WaitForPendingFinalizers()
    }
    [Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB
}

# The calls are in the loop itself: calling a block for each would be another memory test.
$often = [scriptblock]::Create("param(`$Times) for (`$i = 0; `$i -lt `$Times; `$i++) { $($Peers[$Peer].Cached) }")
& $often 50000 # Until .NET has optimised its code.
$null = Get-Resident
$before = Get-Resident
& $often $Calls
[ordered]@{ calls = $Calls; growth = (Get-Resident) - $before } | ConvertTo-Json -Compress
