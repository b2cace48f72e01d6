# Runs the tests of other platforms' programs on this machine, and of the package of them all: `test --platforms`. A suite that cannot run
# here says why, and counts as skipped.

# A script for each platform, and its parts. A part is a suite of its own, with a time limit of its own.
$PlatformSuites = @(
    @{ Name = 'Linux x64, old glibc'; Command = 'tests/platforms/linux.sh', 'linux-x64' }
    @{ Name = 'Linux arm64, old glibc'; Command = 'tests/platforms/linux.sh', 'linux-arm64' }
    @{ Name = 'Windows: files'; Command = , 'tests/platforms/win-x64-files.sh' }
    @{ Name = 'Windows: Rust tests'; Command = 'tests/platforms/win-x64.sh', 'library' }
    @{ Name = 'Windows: CLI tests'; Command = 'tests/platforms/win-x64.sh', 'cli' }
)

function Invoke-PlatformSuites {
    # Before the suites, whose time is limited. Where it cannot be built, the suites say so.
    Invoke-Step 'Linux' { bash ./tools/platforms/linux.sh | Out-Host }
    Invoke-Step 'Windows' { bash ./tools/platforms/win-x64.sh | Out-Host }
    Invoke-Step 'Windows: tests' { bash ./tests/platforms/win-x64.sh build | Out-Host }
    # What Windows PowerShell runs on is not to be had here. Compiling shows what it lacks.
    Invoke-Suite 'for .NET Framework 4.7.2' Check -Command dotnet, build, tests/framework/ArcToken.csproj, '-c', Release, '-o', target/framework,
        '-warnaserror', '--nologo', '-v', quiet
    foreach ($suite in $PlatformSuites) {
        Invoke-Suite $suite.Name Runner -Command (@('bash') + $suite.Command)
    }
    Invoke-WindowsModuleSuite
    Invoke-PackageSuite
    Complete-Suites -MaySkipAll
}

# The module in PowerShell for Windows, with the library for Windows.
function Invoke-WindowsModuleSuite {
    $libraries = Get-ModuleLibraries
    if (-not $libraries['win-x64']) {
        Add-SuiteResult 'Windows: module' 0 0 1 ([timespan]::Zero) 'this machine has not built the library for Windows'
        return
    }
    New-ModuleFolder $libraries (Build-Assembly) $libraries.Keys.ForEach({ $Platforms[$_].Target })
    Build-TestLibraries
    Invoke-Suite 'Windows: module' Runner -Command bash, tests/platforms/win-x64-module.sh, $ModuleFolder
}

# Makes a package of what is built, and tests it.
function Invoke-PackageSuite {
    $reason = if (-not $CargoLock) { 'these crates are not those of Cargo.lock' } else { try { $null = Get-BuiltPlatforms } catch { "$_" } }
    if ($reason) {
        Add-SuiteResult 'package' 0 0 1 ([timespan]::Zero) $reason
        return
    }
    $emulator = Build-Emulator
    New-Package (Build-Assembly)
    Invoke-Suite 'package' Runner -Command ($PowerShell + 'tools/build/pester.ps1', "$BuildRoot/tests/release") -Environment @{
        ARCTOKEN_RELEASE = $ReleaseFolder; ARCTOKEN_MODULE = $ModuleFolder; ARCTOKEN_EMULATOR = $emulator.Program; ARCTOKEN_CARGO_FOLDER = $CargoFolder
    }
}
