# What is measured, and in which order: everything in rounds, so that a busy moment of the machine hits all alike.

function Start-Emulator([string]$Program, [string]$OwnDirectory) {
    $start = [Diagnostics.ProcessStartInfo]::new($Program)
    $start.ArgumentList.Add('--until-stdin-closes')
    if (-not $OwnDirectory) { '--key-directory', '/var/opt/azcmagent/tokens' | ForEach-Object { $start.ArgumentList.Add($_) } }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $agent = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    $null = $process.StandardOutput.ReadToEndAsync()
    # Why the key directory is not the agent's own, if it is not.
    $agent | Add-Member own_directory $OwnDirectory
    $process, $agent
}

# Median and quartiles.
function Get-Spread([double[]]$Samples) {
    $sorted = [double[]]($Samples | Sort-Object)
    $at = { param($Part) $sorted[[int][Math]::Floor($Part * ($sorted.Count - 1))] }
    [ordered]@{ median = & $at 0.5; q1 = & $at 0.25; q3 = & $at 0.75; count = $sorted.Count }
}

# Runs programs in turn, so many rounds; each prints nanoseconds. Gives microseconds for each name.
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

function Reset-Emulator($Agent) { $null = Invoke-RestMethod -Method Post "$($Agent.control)/reset" }

function Invoke-Script([string]$Script, [string[]]$Arguments) {
    & $powershell @self -NoProfile -NonInteractive -File $Script @Arguments
}

function Invoke-Fresh([string]$Script, [string[]]$Arguments) { Invoke-Script "$PSScriptRoot/$Script.ps1" $Arguments }

# A script that writes the milliseconds of loading a peer, and of its first token. Nothing that comes before uses a command: the
# first one takes PowerShell tens of milliseconds, which belong to whoever needs it.
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

function Measure-Everything($Agent, $Paths, $Process, [string]$Settings) {
    . $Settings
    . "$PSScriptRoot/peers.ps1" # Who takes part.
    $rounds = if ($Quick) { 2 } else { 15 }
    $results = [ordered]@{
        machine = [ordered]@{
            processors = [Environment]::ProcessorCount
            system     = [Runtime.InteropServices.RuntimeInformation]::OSDescription
            powershell = "$($PSVersionTable.PSVersion)"
            load_before = Get-Load
        }
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
            bare    = "$built/fresh", @(5, $bare, $Agent.port, $resource, 1)
            abi     = "$built/fresh", (@(5) + (& $call exchange 1 0 | ForEach-Object { $_ }))
            program = "$built/fresh", (@(5, $Paths.program, '--endpoint', $Agent.endpoint) + @(if ($directory) { '--key-directory', $directory }))
        }
        if (-not $Skipped.Contains('BashCurl')) {
            $programs.script = "$built/fresh", @(5, 'bash', $Paths.curl, $Agent.endpoint, $resource)
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
    $warm = Invoke-Fresh warm $Settings, ($rounds * 5) | ConvertFrom-Json -AsHashtable
    $results.warm = [ordered]@{}
    foreach ($name in $warm.Keys) { $results.warm[$name] = Get-Spread $warm[$name] }
    Reset-Emulator $Agent

    Write-Progress-Line '64 runspaces'
    $runspaces = Invoke-Fresh runspaces $Settings, $rounds | ConvertFrom-Json
    $results.runspaces = [ordered]@{
        parallel = Get-Spread $runspaces.parallel
        one      = Get-Spread $runspaces.one
        nothing  = Get-Spread $runspaces.nothing
        requests = $runspaces.requests
    }

    Write-Progress-Line 'memory'
    $results.memory = [ordered]@{}
    foreach ($name in $Peers.Keys | Where-Object { $_ -ne 'BashCurl' }) {
        $results.memory[$name] = Invoke-Fresh memory $name, $Settings | ConvertFrom-Json -AsHashtable
        Reset-Emulator $Agent
    }

    $managed = Get-ChildItem $Paths.module -Recurse -File -Include *.dll, *.ps1, *.psm1, *.psd1, *.ps1xml | Where-Object Name -NE arc_token.dll
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

function Get-Load { if (Test-Path /proc/loadavg) { [double](Get-Content /proc/loadavg).Split(' ')[0] } }

# What an exchange costs the emulator itself, so that it can be seen whether it is what is measured: the time of its process
# for each of 2,000 exchanges of the bare socket.
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
