# The common part of all tests. Dot-source it in BeforeAll.

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$RepositoryRoot = (Resolve-Path "$PSScriptRoot/../..").Path
$ModulePath = if ($env:ARCTOKEN_MODULE) { $env:ARCTOKEN_MODULE } else { "$RepositoryRoot/out/ArcToken" }
$EmulatorPath = $env:ARCTOKEN_EMULATOR

foreach ($needed in $ModulePath, $EmulatorPath) {
    if (-not $needed -or -not (Test-Path $needed)) {
        throw "The tests need the finished module (ARCTOKEN_MODULE: '$ModulePath') and the emulator (ARCTOKEN_EMULATOR: '$EmulatorPath')."
    }
}

if ($env:ARCTOKEN_PROGRAM) {
    $programs = Split-Path $env:ARCTOKEN_PROGRAM
    if ($env:PATH -notlike "$programs$([IO.Path]::PathSeparator)*") { $env:PATH = $programs, $env:PATH -join [IO.Path]::PathSeparator }
}

. "$PSScriptRoot/emulator.ps1"
. "$PSScriptRoot/child.ps1"

Import-Module $ModulePath

# The native library for this platform in the module's folder, `lib/VERSION/PLATFORM/FILE`, and its platform; the folder of what a process
# keeps open.
$Platform = ($IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux') + "-$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
$LibraryFile = Get-ChildItem $ModulePath -Recurse -Include arc_token.so, arc_token.dll, arc_token.dylib | Where-Object { $_.Directory.Name -eq $Platform }
$LibraryPath = [IO.Path]::GetRelativePath((Resolve-Path $ModulePath), $LibraryFile).Replace('\', '/')
$VersionFolder = Split-Path (Split-Path $LibraryPath)
# For a script in another PowerShell: waits until what an import does on another thread is done.
$WaitForFirstCall = "[ArcToken.AccessToken].Assembly.GetType('ArcToken.Session.FirstCall', `$true).GetProperty('Preparation', [Reflection.BindingFlags]'Static, NonPublic').GetValue(`$null).Join()"

# Makes an empty folder. The caller removes it.
function New-TestFolder {
    New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "arctoken-$([guid]::NewGuid().ToString('N'))")
}

# Removes such a folder. Windows takes some time to let go of what a process had open that has just ended.
function Remove-TestFolder([string]$Path) {
    foreach ($try in 1..50) {
        try {
            Remove-Item $Path -Recurse -Force -ErrorAction Stop
            return
        }
        catch {
            if (-not $IsWindows -or $try -eq 50) { throw }
            Start-Sleep -Milliseconds 100
        }
    }
}

# The text in a SecureString.
function Get-PlainText([securestring]$Secret) {
    [Net.NetworkCredential]::new('', $Secret).Password
}

# The most seconds that a test may take. ARCTOKEN_SLOWER says how many times longer where suites run beside each other.
function Get-TimeLimit([double]$Seconds) {
    $Seconds * ($env:ARCTOKEN_SLOWER ? [double]$env:ARCTOKEN_SLOWER : 1)
}

# Runs a command that must write exactly one error and nothing else. Returns the error.
function Get-OneError([scriptblock]$Command) {
    $ErrorActionPreference = 'Continue'
    $output = @(& $Command 2>&1)
    $output.Count | Should -Be 1 -Because 'there is one error and no output'
    $output[0] | Should -BeOfType ([Management.Automation.ErrorRecord])
    $output[0]
}
