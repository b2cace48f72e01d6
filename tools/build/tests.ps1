# What `test` runs, in this order. A suite that fails does not stop the next. With -Full also what takes minutes: all faults
# in both front ends, 100,000 calls, memory searches after every kind of failure, installing and remoting, the sanitizers.

function Invoke-AllSuites([switch]$Full) {
    if ($Full) {
        $env:ARCTOKEN_FULL = $env:ARCTOKEN_LONG = '1'
    }

    Invoke-Suite 'cargo fmt' Check $CargoFolder -Command cargo, fmt, '--all', '--check', '--', '--color=never'
    Invoke-Suite 'clippy' Check $CargoFolder -Command cargo, clippy, '--quiet', '--all-targets', '--', '-D', 'warnings'
    Invoke-Suite 'clippy without c-api' Check $CargoFolder -Command cargo, clippy, '--quiet', '--all-targets', '--no-default-features', '--', '-D', 'warnings'
    Invoke-Suite 'dotnet format' Check -Command dotnet, format, ArcToken.slnx, '--verify-no-changes'
    Invoke-Suite 'Rust tests' Cargo $CargoFolder -Command cargo, test, '--no-fail-fast'

    # After the tests above, which build the emulator that these need.
    Invoke-Suite 'clippy of the CLI' Check $CargoFolder -Command cargo, clippy, '--quiet', '--package', 'arc-token-cli', '--all-targets', '--', '-D', 'warnings'
    Invoke-Suite 'CLI tests' Cargo $CargoFolder -Command cargo, test, '--no-fail-fast', '--package', 'arc-token-cli'

    $emulator = try { Build-Emulator } catch { $null }
    if (-not $emulator) {
        Add-SuiteResult 'agent emulator' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the other tests cannot run'
    }
    elseif (Get-BuildError package) {
        Add-SuiteResult 'package' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the other tests cannot run'
    }
    else {
        $environment = @{ ARCTOKEN_MODULE = $ModuleFolder; ARCTOKEN_EMULATOR = $emulator.Program; ARCTOKEN_TEST_LIBRARIES = $TestLibraries }
        Invoke-Suite 'C tests' Runner -Command bash, tests/c/run.sh, "$ModuleFolder/$(Get-NativeFile)", $emulator.Program, $emulator.Library
        try { Build-TestLibraries } catch { Add-SuiteResult "the tests' libraries" 0 1 0 ([timespan]::Zero) 'not built, see above' }
        Invoke-Suite "Microsoft's clients" Runner -Command bash, tests/clients/run.sh, $emulator.Program, "$TestLibraries/clients"
        Invoke-Suite 'PowerShell tests' Runner -Environment $environment -Command ($PowerShell + 'tools/build/pester.ps1')
    }

    if ($Full) {
        Invoke-Suite 'sanitizers' Runner -Command bash, tools/sanitizers.sh
    }

    Complete-Suites
}
