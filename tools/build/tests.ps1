# What `test` runs. A suite that fails does not stop the next. With -Full also what takes minutes: all faults in both front
# ends, 100,000 calls, memory searches after every kind of failure, installing and remoting, the sanitizers.

function Invoke-AllSuites([switch]$Full) {
    if ($Full) {
        $env:ARCTOKEN_FULL = $env:ARCTOKEN_LONG = '1'
    }

    # .NET's formatter and the PowerShell tests keep one processor busy at most, so they run beside others.
    $format = Start-Suite 'dotnet format' Check -Command dotnet, format, ArcToken.slnx, '--verify-no-changes'
    Invoke-Suite 'cargo fmt' Check $CargoFolder -Command cargo, fmt, '--all', '--check', '--', '--color=never'
    Invoke-Suite 'clippy' Check $CargoFolder -Command cargo, clippy, '--quiet', '--all-targets', '--', '-D', 'warnings'
    Invoke-Suite 'clippy without c-api' Check $CargoFolder -Command cargo, clippy, '--quiet', '--all-targets', '--no-default-features', '--', '-D', 'warnings'
    Invoke-Suite 'clippy of the CLI' Check $CargoFolder -Command cargo, clippy, '--quiet', '--package', 'arc-token-cli', '--all-targets', '--', '-D', 'warnings'
    Complete-Suite $format

    $emulator = try { Build-Emulator } catch { $null }
    $packaged = -not (Get-BuildError package)
    if (-not $emulator) {
        Add-SuiteResult 'agent emulator' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the C and PowerShell tests cannot run'
    }
    elseif (-not $packaged) {
        Add-SuiteResult 'package' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the C and PowerShell tests cannot run'
    }
    else {
        try { Build-TestLibraries } catch { Add-SuiteResult "the tests' libraries" 0 1 0 ([timespan]::Zero) 'not built, see above' }
        $environment = @{ ARCTOKEN_MODULE = $ModuleFolder; ARCTOKEN_EMULATOR = $emulator.Program; ARCTOKEN_TEST_LIBRARIES = $TestLibraries }
        $pester = Start-Suite 'PowerShell tests' Runner -Environment $environment -Command ($PowerShell + 'tools/build/pester.ps1')
    }

    $library = "$ModuleFolder/$(Get-NativeFile)"
    # What the tests look at from outside is the library that is shipped, where there is one.
    $environment = if ($packaged) { @{ ARCTOKEN_LIBRARY = $library } } else { @{} }
    Invoke-Suite 'Rust tests' Cargo $CargoFolder $environment -Command cargo, test, '--no-fail-fast'
    Invoke-Suite 'CLI tests' Cargo $CargoFolder -Command cargo, test, '--no-fail-fast', '--package', 'arc-token-cli'
    if ($emulator -and $packaged) {
        Invoke-Suite 'C tests' Runner -Command bash, tests/c/run.sh, $library, $emulator.Program, $emulator.Library
        Invoke-Suite "Microsoft's clients" Runner -Command bash, tests/clients/run.sh, $emulator.Program, "$TestLibraries/clients"
        Complete-Suite $pester
    }

    if ($Full) {
        Invoke-Suite 'sanitizers' Runner -Command bash, tools/sanitizers.sh
    }

    Complete-Suites
}
