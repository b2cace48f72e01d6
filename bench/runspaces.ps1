# Measures 64 runspaces that get tokens for 5 resources at the same time, and one runspace that makes the same 64 calls. Writes
# JSON: the milliseconds of both, those of 64 runspaces with an empty cmdlet, and the number of requests to the emulator.
param([string]$Settings, [int]$Rounds)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
. $Peers.ArcToken.Load

$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule([string[]]($Paths.module, $Paths.empty))
$state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('Where', $Where, ''))
$pool = [runspacefactory]::CreateRunspacePool($state)
$null = $pool.SetMinRunspaces(64)
$null = $pool.SetMaxRunspaces(64)
[Threading.ThreadPool]::SetMinThreads(80, 80) | Out-Null
$pool.Open()

$call = { param($Resource) $null = Get-ArcToken $Resource @Where }
$nothing = { $null = Get-Nothing }
function Assert-Good($Shell) { if ($Shell.HadErrors) { throw "$($Shell.Streams.Error)" } }

function Invoke-Parallel([int]$Callers, [scriptblock]$Call) {
    $all = foreach ($i in 0..($Callers - 1)) {
        $shell = [powershell]::Create()
        $shell.RunspacePool = $pool
        $null = $shell.AddScript($Call).AddArgument("https://$($i % 5).example")
        $shell
    }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $running = foreach ($shell in $all) { $shell.BeginInvoke() }
    for ($i = 0; $i -lt $Callers; $i++) { $null = $all[$i].EndInvoke($running[$i]); Assert-Good $all[$i]; $all[$i].Dispose() }
    $watch.Elapsed.TotalMilliseconds
}

function Invoke-Sequence([int]$Calls) {
    $shell = [powershell]::Create()
    $shell.RunspacePool = $pool
    $null = $shell.AddScript('param($Calls) foreach ($i in 0..($Calls - 1)) { $null = Get-ArcToken "https://$($i % 5).example" @Where }').AddArgument($Calls)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = $shell.Invoke()
    Assert-Good $shell
    $time = $watch.Elapsed.TotalMilliseconds
    $shell.Dispose()
    $time
}

function Get-Count { (Invoke-RestMethod "$($Agent.control)/counts").requests }

$result = [ordered]@{ nothing = [Collections.Generic.List[double]]::new(); parallel = [Collections.Generic.List[double]]::new(); one = [Collections.Generic.List[double]]::new(); requests = 0 }
foreach ($round in -25..($Rounds - 1)) { # The first rounds do not count: .NET still optimises its code.
    Clear-ArcTokenCache
    $one = Invoke-Sequence 64
    Clear-ArcTokenCache
    $before = Get-Count
    $parallel = Invoke-Parallel 64 $call
    $empty = Invoke-Parallel 64 $nothing
    if ($round -ge 0) {
        $result.one.Add($one)
        $result.parallel.Add($parallel)
        $result.nothing.Add($empty)
        $result.requests = [Math]::Max($result.requests, (Get-Count) - $before)
    }
}
$pool.Dispose()
$result | ConvertTo-Json -Compress
