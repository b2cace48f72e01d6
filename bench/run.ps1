# Runs all measurements. They run in rounds, so that a busy moment of the machine affects all peers alike.

function Start-Emulator([string]$Program, [string]$OwnDirectory, [string[]]$Options = @()) {
    $start = [Diagnostics.ProcessStartInfo]::new($Program)
    @('--until-stdin-closes') + $Options | ForEach-Object { $start.ArgumentList.Add($_) }
    if (-not $OwnDirectory) { '--key-directory', '/var/opt/azcmagent/tokens' | ForEach-Object { $start.ArgumentList.Add($_) } }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $agent = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    $null = $process.StandardOutput.ReadToEndAsync()
    # The reason for a key directory other than the agent's. Empty if it is the agent's.
    $agent | Add-Member own_directory $OwnDirectory
    $process, $agent
}

# The median and the quartiles of the samples.
function Get-Spread([double[]]$Samples) {
    $sorted = [double[]]$Samples.Clone()
    [Array]::Sort($sorted)
    $at = { param($Part) $sorted[[int][Math]::Floor($Part * ($sorted.Count - 1))] }
    [ordered]@{ median = & $at 0.5; q1 = & $at 0.25; q3 = & $at 0.75; p99 = & $at 0.99; count = $sorted.Count }
}

# Runs programs that print nanoseconds, each one once per round. Returns microseconds for each name.
function Measure-Programs([int]$Rounds, [Collections.IDictionary]$Programs) {
    $samples = @{}
    foreach ($name in $Programs.Keys) { $samples[$name] = [Collections.Generic.List[double]]::new() }
    foreach ($round in 1..$Rounds) {
        foreach ($name in $Programs.Keys) {
            $program, $arguments = $Programs[$name]
            & $program @arguments | Where-Object { $_ -match '^\d+$' } | ForEach-Object { $samples[$name].Add([double]$_ / 1000) }
        }
    }
    $result = [ordered]@{}
    foreach ($name in $Programs.Keys) { $result[$name] = Get-Spread $samples[$name] }
    $result
}

function Stop-Emulator($Process) {
    $Process.StandardInput.Close()
    if (-not $Process.WaitForExit(5000)) { $Process.Kill() }
}

function Reset-Emulator($Agent) { $null = Invoke-RestMethod -Method Post "$($Agent.control)/reset" }

# Runs a script in a new PowerShell.
function Invoke-Script([string]$Script, [string[]]$Arguments) {
    & $powershell @self -NoProfile -NonInteractive -File $Script @Arguments
}

# Makes a script that writes two times in milliseconds: to the loaded peer, and to its first token. It runs no command before:
# the first command costs PowerShell tens of milliseconds, and only peers that need one should pay for it.
function New-FreshScript([string]$Settings, [string]$Name) {
    $file = "$built/fresh-$Name.ps1"
    Set-Content $file @"
$(Get-Content -Raw $Settings)
`$watch = [Diagnostics.Stopwatch]::StartNew()
$($Peers[$Name].Load)
`$loaded = `$watch.Elapsed.TotalMilliseconds
$($Peers[$Name].Fresh)
`$all = `$watch.Elapsed.TotalMilliseconds
[string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', `$loaded, `$all)
"@
    $file
}

function Measure-Everything($Agent, $Paths, $Process, [string]$Settings, [string]$SlowSettings) {
    . $Settings
    . "$PSScriptRoot/peers.ps1" # Sets $Peers.
    $rounds = if ($Quick) { 2 } else { 15 }
    $results = [ordered]@{
        machine = [ordered]@{
            processors = [Environment]::ProcessorCount
            system     = [Runtime.InteropServices.RuntimeInformation]::OSDescription
            powershell = "$($PSVersionTable.PSVersion)"
            load_before = Get-Load
        }
        versions = Get-Versions $Paths
        skipped = $Skipped
    }
    $bare, $abi = "$built/bare", "$built/abi"
    $directory = if ($Agent.own_directory) { $Agent.key_directory } else { '' }
    $call = { param($Mode, $Runs, $Number) $abi, @($Paths.library, $Mode, $Agent.endpoint, $directory, $Runs, $Number) }
    $resource = 'https%3A%2F%2Fmanagement.azure.com%2F'

    if (-not $IsWindows) {
        Write-Progress-Line 'native exchanges'
        $results.native = Measure-Programs ($rounds * 4) ([ordered]@{
            bare     = $bare, @($Agent.port, $resource, 50)
            exchange = & $call exchange 50 0
            cached   = & $call cached 200 1
        })
        Reset-Emulator $Agent
        $programs = [ordered]@{
            bare    = "$built/process", @(5, $bare, $Agent.port, $resource, 1)
            abi     = "$built/process", (@(5) + (& $call exchange 1 0 | ForEach-Object { $_ }))
            program = "$built/process", (@(5, $Paths.program, '--endpoint', $Agent.endpoint) + @(if ($directory) { '--key-directory', $directory }))
        }
        if (-not $Skipped.Contains('BashCurl')) {
            $programs.script = "$built/process", @(5, 'bash', $Paths.curl, $Agent.endpoint, $resource)
        }
        $results.first = Measure-Programs ($rounds * 4) $programs
        Reset-Emulator $Agent
        $results.emulator = Measure-Emulator $Agent $Process
        Write-Progress-Line 'callers, resources, sizes'
        $results.callers = [ordered]@{}
        foreach ($number in 1, 4, 16, 64) {
            $results.callers["$number"] = Measure-Programs $rounds ([ordered]@{
                bare     = $bare, @($Agent.port, $resource, 3, $number)
                exchange = & $call exchange 4 $number
            })
        }
        $results.resources = [ordered]@{}
        foreach ($number in 1, 10, 100, 1000) {
            $results.resources["$number"] = (Measure-Programs ([Math]::Min($rounds, 5)) ([ordered]@{ cached = & $call cached 1000 $number })).cached
            Reset-Emulator $Agent
        }
        $results.sizes = [ordered]@{}
        foreach ($kilobytes in 1, 4, 16, 64) {
            $null = Invoke-RestMethod -Method Post "$($Agent.control)/token-size?bytes=$($kilobytes * 1024)"
            $results.sizes["$kilobytes"] = Measure-Programs $rounds ([ordered]@{
                bare     = $bare, @($Agent.port, $resource, 20)
                exchange = & $call exchange 20 0
                cached   = & $call cached 200 1
            })
            Reset-Emulator $Agent
        }
    }

    Write-Progress-Line 'first token in a fresh PowerShell'
    $samples = @{}
    $scripts = @{}
    foreach ($name in $Peers.Keys) { $scripts[$name] = New-FreshScript $Settings $name }
    foreach ($round in 1..$rounds) {
        foreach ($name in $Peers.Keys) {
            $loaded, $all = (Invoke-Script $scripts[$name] "https://$([guid]::NewGuid()).example") -split ' '
            foreach ($kind in 'loaded', 'all') { $samples["$name $kind"] += @([double](Get-Variable $kind -ValueOnly)) }
        }
    }
    $results.fresh = [ordered]@{}
    foreach ($name in $Peers.Keys) {
        $results.fresh[$name] = [ordered]@{ load = Get-Spread $samples["$name loaded"]; token = Get-Spread $samples["$name all"] }
    }

    Write-Progress-Line 'tokens in a warm PowerShell'
    $warm = Invoke-Script "$PSScriptRoot/warm.ps1" $Settings, ($rounds * 5) | ConvertFrom-Json -AsHashtable
    $results.warm = [ordered]@{}
    foreach ($name in $warm.Keys) { $results.warm[$name] = Get-Spread $warm[$name] }
    Reset-Emulator $Agent

    Write-Progress-Line 'five tokens of an agent that takes 200 ms for each answer'
    $several = Invoke-Script "$PSScriptRoot/several.ps1" $SlowSettings, $rounds | ConvertFrom-Json -AsHashtable
    $results.several = [ordered]@{}
    foreach ($name in $several.Keys) { $results.several[$name] = Get-Spread $several[$name] }

    Write-Progress-Line '64 runspaces'
    $runspaces = Invoke-Script "$PSScriptRoot/runspaces.ps1" $Settings, $rounds | ConvertFrom-Json
    $results.runspaces = [ordered]@{
        parallel = Get-Spread $runspaces.parallel
        one      = Get-Spread $runspaces.one
        nothing  = Get-Spread $runspaces.nothing
        requests = $runspaces.requests
    }

    Write-Progress-Line '64 runspaces, 10,000 calls each'
    $loaded = Invoke-Script "$PSScriptRoot/loaded.ps1" $Settings, 64, $(if ($Quick) { 200 } else { 10000 }) | ConvertFrom-Json
    Reset-Emulator $Agent
    $growth = [ordered]@{}
    foreach ($name in 'EmptyModule', 'ArcToken') {
        $growth[$name] = (Invoke-Script "$PSScriptRoot/growth.ps1" $name, $Settings, $(if ($Quick) { 20000 } else { 1000000 }) | ConvertFrom-Json).growth
    }
    $results.loaded = [ordered]@{
        calls    = $loaded.calls
        seconds  = $loaded.seconds
        requests = $loaded.requests
        single   = Get-Spread $loaded.single
        beside   = Get-Spread $loaded.beside
        waits    = $loaded.waits
        growth   = $growth
    }

    Write-Progress-Line 'memory'
    $results.memory = [ordered]@{}
    foreach ($name in $Peers.Keys | Where-Object { $_ -ne 'BashCurl' }) {
        $results.memory[$name] = Invoke-Script "$PSScriptRoot/memory.ps1" $name, $Settings | ConvertFrom-Json -AsHashtable
        Reset-Emulator $Agent
    }

    $managed = Get-ChildItem $Paths.module -Recurse -File -Include *.dll, *.ps1, *.psm1, *.psd1 | Where-Object Name -NE arc_token.dll
    $peerFiles = Get-ChildItem $Paths.clients -File -Filter *.dll | Where-Object Name -NE Clients.dll
    $results.disk = [ordered]@{
        native  = (Get-Item $Paths.library).Length
        managed = ($managed | Measure-Object Length -Sum).Sum
        whole   = (Get-ChildItem $Paths.module -Recurse -File | Measure-Object Length -Sum).Sum
        MSAL    = ($peerFiles | Where-Object Name -Match '^Microsoft\.Identity(\.Client|Model\.Abstractions)\.dll$' | Measure-Object Length -Sum).Sum
        'Azure.Identity with all it needs' = ($peerFiles | Measure-Object Length -Sum).Sum
    }
    $results.machine.load_after = Get-Load
    $results
}

# What is compared with what.
function Get-Versions($Paths) {
    $file = { (Get-Item "$($Paths.clients)/$args.dll").VersionInfo.ProductVersion -replace '\+.*' }
    $program = { if (Get-Command $args[0] -CommandType Application -ErrorAction Ignore) { ((& $args[0] --version)[0] -split ' ' -match '^\d')[0] -replace '\(.*' } }
    [ordered]@{
        ArcToken         = "$((Import-PowerShellDataFile "$($Paths.module)/ArcToken.psd1").ModuleVersion)"
        MSAL             = & $file Microsoft.Identity.Client
        'Azure.Identity' = & $file Azure.Identity
        'Azure.Core'     = & $file Azure.Core
        PowerShell       = "$($PSVersionTable.PSVersion)"
        curl             = & $program curl
        bash             = & $program bash
    }
}

function Get-Load { if (Test-Path /proc/loadavg) { [double](Get-Content /proc/loadavg).Split(' ')[0] } }

# Measures the emulator's own processor time per exchange, over 2,000 exchanges of the bare socket. The figure shows how much of
# the other times is the emulator's.
function Measure-Emulator($Agent, $Process) {
    $runs = 2000
    $Process.Refresh()
    $before = $Process.TotalProcessorTime
    $null = & "$built/bare" $Agent.port x $runs
    $Process.Refresh()
    Reset-Emulator $Agent
    [ordered]@{ processor_microseconds = ($Process.TotalProcessorTime - $before).TotalMicroseconds / $runs }
}

function Write-Progress-Line([string]$Text) { Write-Host "measuring: $Text ..." }
