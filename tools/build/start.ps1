# Starts the build when build.ps1 is called directly: fetches Invoke-Build and Pester, runs the tasks, and prints the tests' totals
# at the end. Windows PowerShell 5.1 must be able to read this file.
param([string[]]$Tasks, [string[]]$Arguments)

$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
$packages = Join-Path $root 'target/packages'
$invokeBuild = Join-Path $packages 'invoke-build/5.14.23/tools/Invoke-Build.ps1'
$totals = Join-Path $root 'target/totals.txt'

if (-not (Get-Command dotnet -ErrorAction Ignore)) {
    throw 'The .NET SDK, version 10 or later, is needed: https://dotnet.microsoft.com/download'
}

# These settings keep the build from leaving processes behind: no compiler server, no waiting MSBuild.
$env:MSBUILDDISABLENODEREUSE = '1'
$env:UseSharedCompilation = 'false'
$env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'

if ($PSVersionTable.PSVersion.Major -lt 7) {
    Push-Location $root
    try {
        dotnet tool restore
        dotnet pwsh -NoProfile -File build.ps1 @Tasks @Arguments
        exit $LASTEXITCODE
    }
    finally {
        Pop-Location
    }
}

if ([Console]::IsOutputRedirected) {
    $PSStyle.OutputRendering = 'PlainText'
    $env:NO_COLOR = '1'
}

if (-not (Test-Path $invokeBuild)) {
    # dotnet uses fixed names in the temporary folder, and leaves them. It gets a folder of its own, that no other user can make first.
    $before = $env:TMPDIR
    $env:TMPDIR = [IO.Directory]::CreateTempSubdirectory('arctoken-').FullName
    try {
        $log = dotnet restore (Join-Path $root 'tools/packages/packages.csproj') 2>&1
    }
    finally {
        Remove-Item $env:TMPDIR -Recurse -Force
        $env:TMPDIR = $before
    }
    if ($LASTEXITCODE) {
        $log
        throw 'Invoke-Build and Pester, NuGet packages, could not be fetched.'
    }
}

if (-not $Tasks) {
    & $invokeBuild ? (Join-Path $root 'build.ps1') | Where-Object Synopsis | Format-Table Name, Synopsis
    exit 2
}

if (Test-Path $totals) {
    Remove-Item $totals
}

$code = 0
try {
    & $invokeBuild -Task $Tasks -File (Join-Path $root 'build.ps1') -Arguments $Arguments | Out-Host
}
catch {
    $code = 1
}

if (Test-Path $totals) {
    Get-Content $totals
}

exit $code
