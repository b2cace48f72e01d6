# Measures a loaded session: 64 runspaces that make 10,000 calls each for 5 resources, the spread of cached calls in one runspace, and
# whether callers of cached tokens wait for an exchange of somebody else. Writes JSON.
param([string]$Settings, [int]$Runspaces, [int]$Calls)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
. $Peers.ArcToken.Load
function Get-Count { (Invoke-RestMethod "$($Agent.control)/counts").requests }

# The microseconds of single calls. All of them are in one script block: calling a block costs as much as an empty cmdlet.
function Measure-Single([int]$Times) {
    $samples = [double[]]::new($Times)
    $toMicroseconds = 1e6 / [Diagnostics.Stopwatch]::Frequency
    for ($i = 0; $i -lt $Times; $i++) {
        $start = [Diagnostics.Stopwatch]::GetTimestamp()
        $null = Get-ArcToken https://cached.example @Where
        $samples[$i] = ([Diagnostics.Stopwatch]::GetTimestamp() - $start) * $toMicroseconds
    }
    , $samples
}

$result = [ordered]@{}
$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule([string[]]($Paths.module))
$state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('Where', $Where, ''))
$pool = [runspacefactory]::CreateRunspacePool($state)
$null = $pool.SetMinRunspaces($Runspaces)
$null = $pool.SetMaxRunspaces($Runspaces)
[Threading.ThreadPool]::SetMinThreads($Runspaces + 16, $Runspaces + 16) | Out-Null
$pool.Open()

$gate = [Threading.Barrier]::new($Runspaces)
$before = Get-Count
$watch = [Diagnostics.Stopwatch]::StartNew()
$all = foreach ($i in 1..$Runspaces) {
    $shell = [powershell]::Create()
    $shell.RunspacePool = $pool
    $null = $shell.AddScript({
            param($Calls, $Gate)
            $ErrorActionPreference = 'Stop'
            $null = $Gate.SignalAndWait(60000) # All callers start at the same moment.
            for ($i = 0; $i -lt $Calls; $i++) { $null = Get-ArcToken "https://$($i % 5).example" @Where }
        }).AddArgument($Calls).AddArgument($gate)
    @{ Shell = $shell; Running = $shell.BeginInvoke() }
}
foreach ($one in $all) {
    $null = $one.Shell.EndInvoke($one.Running)
    if ($one.Shell.HadErrors) { throw "$($one.Shell.Streams.Error)" }
    $one.Shell.Dispose()
}
$result.calls = $Runspaces * $Calls
$result.seconds = $watch.Elapsed.TotalSeconds
$result.requests = (Get-Count) - $before

$null = Measure-Single 20000 # .NET still optimises its code.
[GC]::Collect()
$result.single = Measure-Single 10000

# While an exchange waits for an answer that does not come, the cache serves on.
$null = Invoke-RestMethod -Method Post "$($Agent.control)/fault?name=no-answer-before-challenge"
$shell = [powershell]::Create()
$shell.RunspacePool = $pool
$null = $shell.AddScript('Get-ArcToken https://waits.example @Where -TimeoutSec 60 -ErrorAction Ignore')
$waiting = $shell.BeginInvoke()
[Threading.Thread]::Sleep(200)
[GC]::Collect()
$result.beside = Measure-Single 10000
$result.waits = -not $waiting.IsCompleted
$shell.Stop()
$shell.Dispose()
$null = Invoke-RestMethod -Method Post "$($Agent.control)/fault?name="
$pool.Dispose()
$result | ConvertTo-Json -Compress
