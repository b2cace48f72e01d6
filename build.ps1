<#
.Synopsis
    Builds, tests and shows ArcToken: ./build.sh TASK on Linux, .\build.ps1 TASK on Windows.
.Description
    A script for Invoke-Build. Called directly, it fetches Invoke-Build first and then runs itself with it.
#>
param(
    [Parameter(Position = 0)]
    [string[]]$Tasks,

    # For tasks that start a program, like emulator.
    [Parameter(Position = 1, ValueFromRemainingArguments)]
    [string[]]$Arguments
)

if ([IO.Path]::GetFileName($MyInvocation.ScriptName) -ne 'Invoke-Build.ps1') {
    & "$PSScriptRoot/tools/build/start.ps1" $Tasks $Arguments
    exit $LASTEXITCODE
}

Set-StrictMode -Version 3
$PSNativeCommandUseErrorActionPreference = $false # exec looks at exit codes.
. ./tools/build/common.ps1
. ./tools/build/crates.ps1
. ./tools/build/native.ps1
. ./tools/build/managed.ps1
. ./tools/build/package.ps1
. ./tools/build/suites.ps1
. ./tools/build/test-libraries.ps1
. ./tools/build/tests.ps1

# Invoke-Step says what is going on.
Set-BuildHeader {}
Set-BuildFooter {}

Enter-Build {
    if ('clean' -notin $BuildTask) {
        Initialize-Crates
    }
}

task native {
    Invoke-Step 'native library' { $script:Native = Build-NativeLibrary }
}

task managed {
    Invoke-Step 'PowerShell assembly' { $script:Assembly = Build-Assembly }
}

task emulator-program {
    Invoke-Step 'agent emulator' { $script:Emulator = Build-Emulator }
}

# Synopsis: Build the command-line program, out/bin/arc-token.
task cli {
    Invoke-Step 'command-line program' {
        $artifacts = Invoke-CargoBuild --release --package arc-token-cli | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.executable }
        New-Item -ItemType Directory -Force ./out/bin | Out-Null
        Copy-Item $artifacts.executable ./out/bin
    }
}

# Synopsis: Build the native library and the PowerShell assembly.
task build native, managed

# Synopsis: Write the C header include/arc_token.h anew from the sources.
task header native, {
    Copy-Item $Native.Header ./include/arc_token.h
}

# Synopsis: Make the finished module in out/ArcToken.
task package build, {
    New-Package $Native $Assembly
}

# Synopsis: Show Get-ArcToken at work against an emulated agent.
task demo package, emulator-program, {
    Invoke-PowerShell ./tools/demo.ps1 -Module $ModuleFolder -Emulator $Emulator.Program
}

# Synopsis: Run all checks and tests: test [--full]
task test ?package, {
    $unknown = $Arguments | Where-Object { $_ -and $_ -ne '--full' }
    assert (-not $unknown) "test does not know '$unknown'. Use: test [--full]"
    Invoke-AllSuites -Full:('--full' -in $Arguments)
}

# Synopsis: Run the fuzz targets: fuzz [-- SECONDS]
task fuzz {
    exec { bash ./tools/fuzz.sh @Arguments }
}

# Synopsis: Run the PowerShell tests alone, or those that are named: pester -- FILE...
task pester package, emulator-program, {
    $env:ARCTOKEN_MODULE = $ModuleFolder
    $env:ARCTOKEN_EMULATOR = $Emulator.Program
    $env:ARCTOKEN_TEST_LIBRARIES = $TestLibraries
    Build-TestLibraries
    $files = @($Arguments | Where-Object { $_ } | ForEach-Object { [IO.Path]::GetFullPath($_, $OriginalLocation) })
    Invoke-PowerShell ./tools/build/pester.ps1 @files
}

# Synopsis: Measure a token's price beside other libraries and scripts, and write the figures into docs and README: bench [-- -Quick]
task bench package, cli, {
    $emulator = Invoke-CargoBuild --release --example emulator | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.target.name -eq 'emulator' }
    Invoke-PowerShell ./bench/bench.ps1 -Module $ModuleFolder -Emulator $emulator.executable -Program $BuildRoot/out/bin/arc-token @Arguments
}

# Synopsis: Draw README's session anew from a real one: docs/session-*.svg
task picture package, emulator-program, {
    Invoke-PowerShell ./tools/session-picture.ps1 -Module $ModuleFolder -Emulator $Emulator.Program
}

# Synopsis: Run the agent emulator: emulator -- --port N --key-directory DIR
task emulator emulator-program, {
    # In the caller's folder: a relative --key-directory is one below it.
    if ($IsWindows) {
        Set-Location $OriginalLocation
        exec { & $Emulator.Program @Arguments }
    }
    else {
        [Environment]::CurrentDirectory = $OriginalLocation
        Switch-Process -WithCommand (@($Emulator.Program) + $Arguments) # It gets signals itself, and nothing outlives it.
    }
}

# Synopsis: Remove everything that was built or fetched.
task clean {
    remove target, out
}
