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
. ./tools/build/module.ps1
. ./tools/build/install.ps1
. ./tools/build/package.ps1
. ./tools/build/reproduce.ps1
. ./tools/build/publish.ps1
. ./tools/build/suites.ps1
. ./tools/build/test-libraries.ps1
. ./tools/build/tests.ps1
. ./tools/build/platform-tests.ps1

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
        $artifacts = Invoke-ReleaseBuild --package, arc-token-cli | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.executable }
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

# Synopsis: Make the module, out/ArcToken, for this platform and for those in target/platforms.
task module build, {
    $libraries = Get-ModuleLibraries $Native.Library
    # The notices name the crates of all of them. Without a target, cargo takes this machine's.
    $targets = if ($libraries.Count -gt 1) { $libraries.Keys | ForEach-Object { $Platforms[$_].Target } }
    New-ModuleFolder $libraries $Assembly $targets
}

# Synopsis: Install the module for this user, or for all: install [--all-users]
task install module, {
    $unknown = $Arguments | Where-Object { $_ -and $_ -ne '--all-users' }
    assert (-not $unknown) "install does not know '$unknown'. Use: install [--all-users]"
    $all = '--all-users' -in $Arguments
    $folder = Install-ModuleFolder $ModuleFolder (Get-ModulesFolder -AllUsers:$all) -AllUsers:$all
    Write-Build Green "Installed: $folder. Import-Module ArcToken finds it in a new session."
}

# Synopsis: Build library and program for Linux x64 and arm64, glibc 2.28 and later, into target/platforms: linux [-- PLATFORM...]
task linux {
    assert $IsLinux 'For Linux they are built on Linux.'
    exec { bash ./tools/platforms/linux.sh @Arguments }
}

# Synopsis: Build library and program for Windows x64 on Debian, into target/platforms/win-x64: windows
task windows {
    assert (-not $IsWindows) "On Windows it is built with: .\build.ps1 platform -- win-x64"
    exec { bash ./tools/platforms/win-x64.sh }
}

# Synopsis: Build library and program for Windows or macOS on a machine with it, into target/platforms: platform -- PLATFORM...
task platform {
    assert @($Arguments).Where({ $_ }) "platform wants names, of: $($Platforms.Keys -notlike 'linux-*' -join ', ')"
    foreach ($name in $Arguments) {
        Invoke-Step $name { Build-Platform $name }
    }
}

# Synopsis: Make what is published, out/release: package [--twice | --prebuilt [--sign]]; CONTRIBUTING.md says more
task package {
    $unknown = $Arguments | Where-Object { $_ -and $_ -notin '--twice', '--prebuilt', '--sign' }
    assert (-not $unknown) "package does not know '$unknown'. Use: package [--twice | --prebuilt [--sign]]"
    assert $CargoLock 'A package is made from the crates that Cargo.lock names, and Debian has others: set ARCTOKEN_CRATES to registry, or to the path of an archive.'
    $twice, $prebuilt, $sign = '--twice', '--prebuilt', '--sign' | ForEach-Object { $_ -in $Arguments }
    assert (-not ($twice -and ($prebuilt -or $sign))) 'package --twice builds everything itself, and signs nothing: a signature is new each time.'
    if (-not $prebuilt) {
        Invoke-Step 'Linux' { exec { bash ./tools/platforms/linux.sh } }
        if (Test-Path ./tools/platforms/win-x64.sh) {
            Invoke-Step 'Windows' { exec { bash ./tools/platforms/win-x64.sh } }
        }
    }

    Invoke-Step 'PowerShell assembly' { $script:Assembly = Build-Assembly }
    Invoke-Step 'package' { New-Package $Assembly -Sign:$sign }
    if ($twice) {
        Invoke-Step 'the same in another folder' { Assert-Reproduced }
    }
    Get-Content $ReleaseFolder/SHA256SUMS | Out-Host
}

# Synopsis: Publish out/release, as the release workflow does: publish -- page|gallery|crates
task publish {
    $steps = @{ page = { Publish-Page }; gallery = { Publish-Gallery }; crates = { Publish-Crates } }
    $wanted = @($Arguments).Where({ $_ })
    assert ($wanted.Count -eq 1 -and $steps.ContainsKey($wanted[0])) 'publish wants one of: page, gallery, crates'
    Assert-Releasable
    & $steps[$wanted[0]]
}

# Synopsis: Use the module in Windows PowerShell 5.1; elsewhere the same script runs in PowerShell 7
task desktop module, emulator-program, {
    $script = './tests/desktop/run.ps1'
    if ($IsWindows) {
        exec { powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $script $ModuleFolder $Emulator.Program }
    }
    else {
        Invoke-PowerShell $script $ModuleFolder $Emulator.Program
    }
}

# Synopsis: Show Get-ArcToken at work against an emulated agent.
task demo module, emulator-program, {
    Invoke-PowerShell ./tools/demo.ps1 -Module $ModuleFolder -Emulator $Emulator.Program
}

# Synopsis: Run all checks and tests: test [--full]. Parts, alone: test --rust, the crates; --clients, others' clients; --platforms, other platforms
task test @(if ('--clients' -in $Arguments) { 'emulator-program' } elseif (-not ('--rust', '--platforms').Where({ $_ -in $Arguments })) { '?module' }; {
    $unknown = $Arguments | Where-Object { $_ -and $_ -notin '--full', '--rust', '--clients', '--platforms' }
    assert (-not $unknown) "test does not know '$unknown'. Use: test [--full], test --rust, test --clients, or test --platforms"
    assert (@($Arguments).Where({ $_ }).Count -le 1) 'test takes one option: each of --rust, --clients and --platforms runs nothing else.'
    switch (@($Arguments).Where({ $_ })) {
        '--rust' { Invoke-RustSuites -Full; Complete-Suites; return }
        '--clients' { Invoke-Consumers; return }
        '--platforms' { Invoke-PlatformSuites; return }
    }
    Invoke-AllSuites -Full:('--full' -in $Arguments)
})

# Synopsis: Run the fuzz targets: fuzz [-- SECONDS | --inputs N | --planted]
task fuzz {
    exec { bash ./tools/fuzz.sh @Arguments }
}

# Synopsis: Run the PowerShell tests alone, or those that are named: pester -- FILE...
task pester module, emulator-program, {
    $env:ARCTOKEN_MODULE = $ModuleFolder
    $env:ARCTOKEN_EMULATOR = $Emulator.Program
    $env:ARCTOKEN_TEST_LIBRARIES = $TestLibraries
    $env:ARCTOKEN_PROGRAM = Build-Program
    Build-TestLibraries
    $files = @($Arguments | Where-Object { $_ } | ForEach-Object { [IO.Path]::GetFullPath($_, $OriginalLocation) })
    Invoke-PowerShell ./tools/build/pester.ps1 @files
}

# Synopsis: Measure a token's price beside other libraries and scripts, and write the figures into docs and README: bench [-- -Quick]
task bench module, cli, {
    $emulator = Invoke-ReleaseBuild --example, emulator | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.target.name -eq 'emulator' }
    Invoke-PowerShell ./bench/bench.ps1 -Module $ModuleFolder -Emulator $emulator.executable -Program $BuildRoot/out/bin/arc-token @Arguments
}

# Synopsis: Draw README's session anew from a real one: docs/session-*.svg
task picture module, emulator-program, {
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
