# What all tests share; to be dot-sourced in BeforeAll.

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

. "$PSScriptRoot/emulator.ps1"
. "$PSScriptRoot/child.ps1"

Import-Module $ModulePath

# The name of this platform's folder in the module, and the library in it.
$Platform = Split-Path -Leaf (Split-Path (Get-ChildItem $ModulePath -Recurse -Include arc_token.so, arc_token.dll, arc_token.dylib | Select-Object -First 1))
$LibraryFile = Split-Path -Leaf (Get-ChildItem "$ModulePath/$Platform/arc_token.*")

# An empty folder of its own for a test file; the caller removes it.
function New-TestFolder {
    New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "arctoken-$([guid]::NewGuid().ToString('N'))")
}

# The characters in a SecureString.
function Get-PlainText([securestring]$Secret) {
    [Net.NetworkCredential]::new('', $Secret).Password
}

# Runs a command that is expected to write exactly one error and nothing else, and gives that error.
function Get-OneError([scriptblock]$Command) {
    $ErrorActionPreference = 'Continue'
    $output = @(& $Command 2>&1)
    $output.Count | Should -Be 1 -Because 'there is one error and no output'
    $output[0] | Should -BeOfType ([Management.Automation.ErrorRecord])
    $output[0]
}
