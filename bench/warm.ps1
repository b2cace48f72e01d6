# Measures all peers, loaded and warm, in one PowerShell. The peers take turns. Writes JSON: the microseconds of each sample, by
# "PEER fresh" and "PEER cached".
param([string]$Settings, [int]$Rounds)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"

# A sample has several calls if one call is too short for the clock, or next to PowerShell's own overhead.
$batch = @{ fresh = 5; cached = 50 }
$turns = foreach ($name in $Peers.Keys) {
    . $Peers[$name].Load
    foreach ($kind in 'fresh', 'cached') {
        if ($Peers[$name][$kind]) {
            $calls = if ($name -eq 'BashCurl') { 1 } else { $batch[$kind] }
            # The loop is inside one script block, because calling a block costs as much as an empty cmdlet.
            $body = [scriptblock]::Create("for (`$call = 0; `$call -lt $calls; `$call++) { $($Peers[$name][$kind].ToString().Replace('$args[0]', '$resources[$call]')) }")
            [pscustomobject]@{ Name = "$name $kind"; Calls = $calls; Body = $body; Samples = [Collections.Generic.List[double]]::new() }
        }
    }
}

# The warm-up is long: .NET optimises a method after some time and thousands of calls.
foreach ($round in -100..($Rounds - 1)) {
    foreach ($turn in $turns) {
        if ($turn.Name -like 'BashCurl*' -and $round -lt 0) { continue }
        $resources = foreach ($call in 1..5) { "https://$([guid]::NewGuid()).example" }
        [GC]::Collect() # Otherwise the next peer pays for the garbage of this one.
        $start = [Diagnostics.Stopwatch]::GetTimestamp()
        . $turn.Body
        $time = [Diagnostics.Stopwatch]::GetElapsedTime($start)
        if ($round -ge 0) { $turn.Samples.Add($time.TotalMicroseconds / $turn.Calls) }
    }
}

$result = [ordered]@{}
foreach ($turn in $turns) { $result[$turn.Name] = $turn.Samples }
$result | ConvertTo-Json -Compress
