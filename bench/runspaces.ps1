# 64 runspaces that ask for 5 resources at the same time, against one runspace that does it once. Writes JSON: milliseconds of both,
# and how many exchanges the emulator saw.
param([string]$Settings, [int]$Rounds)

$ErrorActionPreference = 'Stop'
$Agent, $Paths = Get-Content -Raw $Settings | ConvertFrom-Json | ForEach-Object { $_.Agent, $_.Paths }
. "$PSScriptRoot/peers.ps1"
. $Peers.ArcToken.Load

$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule($Paths.module)
$state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('Where', $Where, ''))
$pool = [runspacefactory]::CreateRunspacePool($state)
$null = $pool.SetMinRunspaces(64)
$null = $pool.SetMaxRunspaces(64)
[Threading.ThreadPool]::SetMinThreads(80, 80) | Out-Null
$pool.Open()

$call = { param($Resource) $null = Get-ArcToken $Resource @Where }
function Invoke-Parallel([int]$Callers) {
    $all = foreach ($i in 0..($Callers - 1)) {
        $shell = [powershell]::Create()
        $shell.RunspacePool = $pool
        $null = $shell.AddScript($call).AddArgument("https://$($i % 5).example")
        $shell
    }
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $running = foreach ($shell in $all) { $shell.BeginInvoke() }
    for ($i = 0; $i -lt $Callers; $i++) { $null = $all[$i].EndInvoke($running[$i]); $all[$i].Dispose() }
    $watch.Elapsed.TotalMilliseconds
}

# The same 5 tokens by one runspace; then 64 calls by one, so that what 64 calls of anything cost in PowerShell is seen too.
function Invoke-Sequence([int]$Calls) {
    $shell = [powershell]::Create()
    $shell.RunspacePool = $pool
    $null = $shell.AddScript('param($Calls) foreach ($i in 0..($Calls - 1)) { $null = Get-ArcToken "https://$($i % 5).example" @Where }').AddArgument($Calls)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $null = $shell.Invoke()
    $time = $watch.Elapsed.TotalMilliseconds
    $shell.Dispose()
    $time
}

function Get-Count { (Invoke-RestMethod "$($Agent.control)/counts").requests }

$result = [ordered]@{ parallel = [Collections.Generic.List[double]]::new(); one = [Collections.Generic.List[double]]::new(); requests = 0 }
foreach ($round in -3..($Rounds - 1)) {
    Clear-ArcTokenCache
    $one = Invoke-Sequence 64
    Clear-ArcTokenCache
    $before = Get-Count
    $parallel = Invoke-Parallel 64
    if ($round -ge 0) {
        $result.one.Add($one)
        $result.parallel.Add($parallel)
        $result.requests = [Math]::Max($result.requests, (Get-Count) - $before)
    }
}
$pool.Dispose()
$result | ConvertTo-Json -Compress
