# The benchmark of ArcToken and its peers with one emulator. Writes docs/benchmarks.json, the chart, and the table in README.
# `./build.sh bench` runs it. With -Quick everything runs, but too few times for meaningful figures, and nothing is written.
param(
    [Parameter(Mandatory)][string]$Module,
    [Parameter(Mandatory)][string]$Emulator,
    # The command-line program.
    [Parameter(Mandatory)][string]$Program,
    [switch]$Quick,
    # This script sets it when it runs itself again in new namespaces.
    [switch]$Inside
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$root = Split-Path $PSScriptRoot
$built = "$root/target/bench"
$powershell = (Get-Process -Id $PID).Path
# As a .NET tool, PowerShell runs as an argument of dotnet.
[string[]]$self = if ([IO.Path]::GetFileNameWithoutExtension($powershell) -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] } else { @() }

# Here, because a new network namespace reaches no package registry.
if (-not $Inside) {
    $null = New-Item -ItemType Directory -Force $built
    dotnet build "$PSScriptRoot/empty-module/EmptyModule.csproj" -c Release -o "$built/EmptyModule" --nologo -v quiet
    dotnet build "$root/tests/clients/Clients.csproj" -o "$built/clients" --nologo -v quiet
    Copy-Item "$PSScriptRoot/empty-module/EmptyModule.psd1" "$built/EmptyModule"
    if (-not $IsWindows) {
        foreach ($name in 'bare', 'abi', 'process') {
            cc -O2 -pthread "$PSScriptRoot/native/$name.c" -o "$built/$name" -ldl
        }
    }
}

# Azure.Identity and MSAL accept key files in the agent's own directory only. So everything runs in a new mount namespace, where
# that directory is empty, and a real agent on this machine is neither seen nor touched.
if ($IsLinux -and -not $Inside -and (id -u) -eq 0) {
    unshare --mount --net true 2>$null
    if ($?) {
        $arguments = '-NoProfile', '-File', $PSCommandPath, '-Module', $Module, '-Emulator', $Emulator, '-Program', $Program, '-Inside'
        if ($Quick) { $arguments += '-Quick' }
        unshare --mount --net --pid --fork --kill-child --mount-proc $powershell @self @arguments
        exit $LASTEXITCODE
    }
}

. "$PSScriptRoot/settings.ps1"
. "$PSScriptRoot/run.ps1"
. "$PSScriptRoot/report.ps1"
. "$PSScriptRoot/chart.ps1"
. "$PSScriptRoot/figures.ps1"

$reason = if ($Inside) {
    mount -t tmpfs tmpfs /var/opt
    ip link set lo up
}
elseif ($IsLinux) { 'only root can make one' }
else { 'only Linux has them' }
$process, $agent = Start-Emulator $Emulator $reason
$slowProcess, $slow = Start-Emulator $Emulator $reason '--answer-after', '200'
try {
    $paths = [pscustomobject]@{
        module  = $Module
        program = $Program
        library = (Get-ChildItem $Module -Recurse -Include arc_token.so, arc_token.dll, arc_token.dylib | Select-Object -First 1).FullName
        empty   = "$built/EmptyModule/EmptyModule.psd1"
        clients = "$built/clients"
        curl    = "$PSScriptRoot/curl.sh"
        documentation = "$PSScriptRoot/documentation.ps1"
    }
    $settings, $slowSettings = "$built/settings.ps1", "$built/slow-settings.ps1"
    Export-Settings $settings $agent $paths
    Export-Settings $slowSettings $slow $paths
    if ($Inside) { $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = $agent.endpoint, ($agent.endpoint -replace '/metadata.*') }

    $results = Measure-Everything $agent $paths $process $settings $slowSettings
    Write-Report $results
    if (-not $Quick) {
        $null = New-Item -ItemType Directory -Force "$root/docs"
        $results | ConvertTo-Json -Depth 6 | Set-Content "$root/docs/benchmarks.json"
        $results = Get-Content -Raw "$root/docs/benchmarks.json" | ConvertFrom-Json -AsHashtable # The chart and the table use the numbers as written.
        New-Chart $results | Set-Content "$root/docs/benchmarks.svg"
        $readme = Get-Content -Raw "$root/README.md"
        [IO.File]::WriteAllText("$root/README.md", ($readme -replace $FiguresPattern, (New-FigureTable $results)))
        'written: docs/benchmarks.json, docs/benchmarks.svg, the table of figures in README.md'
    }
}
finally {
    $process, $slowProcess | ForEach-Object { Stop-Emulator $_ }
}
