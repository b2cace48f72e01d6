# In one PowerShell: what a token costs each peer once all is loaded and warm. The peers take turns. Writes JSON: for each
# "PEER fresh" and "PEER cached" the microseconds of each sample.
param([string]$Settings, [int]$Rounds)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"

# Many calls make one sample where one is too short for the clock, and for what PowerShell does around it.
$batch = @{ fresh = 5; cached = 50 }
$turns = foreach ($name in $Peers.Keys) {
    . $Peers[$name].Load
    foreach ($kind in 'fresh', 'cached') {
        if ($Peers[$name][$kind]) {
            $calls = if ($name -eq 'BashCurl') { 1 } else { $batch[$kind] }
            # One script block with the calls in a loop: calling a block costs as much as an empty cmdlet.
            $body = [scriptblock]::Create("for (`$call = 0; `$call -lt $calls; `$call++) { $($Peers[$name][$kind].ToString().Replace('$args[0]', '$resources[$call]')) }")
            [pscustomobject]@{ Name = "$name $kind"; Calls = $calls; Body = $body; Samples = [Collections.Generic.List[double]]::new() }
        }
    }
}

# .NET compiles a method again, better, after some time and thousands of calls.
foreach ($round in -100..($Rounds - 1)) {
    foreach ($turn in $turns) {
        if ($turn.Name -like 'BashCurl*' -and $round -lt 0) { continue }
        $resources = foreach ($call in 1..5) { "https://$([guid]::NewGuid()).example" }
        [GC]::Collect() # What a peer leaves behind is not to be cleared away in the next one's time.
        $start = [Diagnostics.Stopwatch]::GetTimestamp()
        . $turn.Body
        $time = [Diagnostics.Stopwatch]::GetElapsedTime($start)
        if ($round -ge 0) { $turn.Samples.Add($time.TotalMicroseconds / $turn.Calls) }
    }
}

$result = [ordered]@{}
foreach ($turn in $turns) { $result[$turn.Name] = $turn.Samples }
$result | ConvertTo-Json -Compress
