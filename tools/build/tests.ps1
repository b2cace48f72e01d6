# Runs all suites of the task `test`. A suite that fails does not stop the next one. -Full adds those that take minutes: all faults
# in both front ends, 100,000 calls, memory searches after every kind of failure, installing and remoting, the sanitizers, planted
# faults under fuzzing.

function Invoke-AllSuites([switch]$Full) {
    if ($Full) {
        $env:ARCTOKEN_FULL = $env:ARCTOKEN_LONG = '1'
    }

    # Suites run beside each other, so what a test may take at most is longer than in a run of one file.
    $env:ARCTOKEN_SLOWER = '3'

    # .NET's formatter and the PowerShell tests use one processor at most, so they run beside other suites.
    $format = Start-Suite 'dotnet format' Check -Command dotnet, format, ArcToken.slnx, '--verify-no-changes'
    $pester = $null
    $environment = @{}
    $emulator = try { Build-Emulator } catch { $null }
    $program = try { Build-Program } catch { $null } # The tests that need it say so.
    $made = -not (Get-BuildError module)
    if (-not $emulator) {
        Add-SuiteResult 'agent emulator' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the C and PowerShell tests cannot run'
    }
    elseif (-not $made) {
        Add-SuiteResult 'module' 0 1 0 ([timespan]::Zero) 'not built, see above; without it the C and PowerShell tests cannot run'
    }
    else {
        try { Build-TestLibraries } catch { Add-SuiteResult "the tests' libraries" 0 1 0 ([timespan]::Zero) 'not built, see above' }
        $environment = @{ ARCTOKEN_MODULE = $ModuleFolder; ARCTOKEN_EMULATOR = $emulator.Program; ARCTOKEN_TEST_LIBRARIES = $TestLibraries; ARCTOKEN_PROGRAM = $program }
        $pester = Start-Suite 'PowerShell tests' Runner -Environment $environment -Command ($PowerShell + 'tools/build/pester.ps1')
    }

    $library = "$(Get-ModuleLibraryFolder)/$(Get-NativeFile)"
    # The tests that look at the library from outside use the shipped one, if it exists.
    Invoke-RustSuites $(if ($made) { @{ ARCTOKEN_LIBRARY = $library } } else { @{} }) -Full:$Full
    Complete-Suite $format
    if (-not $IsWindows) {
        Invoke-Suite 'choice of crates' Runner -Command bash, tests/crates/run.sh
    }
    if ($emulator -and $made) {
        Invoke-Suite 'C tests' Runner -Command bash, tests/c/run.sh, $library, $emulator.Program, $emulator.Library
        Invoke-Suite 'as in Windows PowerShell' Runner -Command ($PowerShell + 'tests/desktop/run.ps1', $ModuleFolder, $emulator.Program)
        Invoke-Suite "Microsoft's clients" Runner -Command bash, tests/clients/run.sh, $emulator.Program, "$TestLibraries/clients"
    }

    if ($Full) {
        # Each of these compiles on all processors for a while and then runs on one.
        $sanitizers = Start-Suite 'sanitizers' Runner -Command bash, tools/sanitizers.sh
        if ($emulator) {
            Invoke-Suite 'on a machine with an agent' Runner -Environment $environment -Command bash, tests/installed/run.sh, $emulator.Program
        }
        if ($made) {
            Invoke-Suite 'reproducible' Runner -Command bash, tests/release/reproducible.sh, "$(Build-Assembly)", $library
        }
        Invoke-Suite 'build.sh without .NET' Runner -Command bash, tests/build/run.sh
        Invoke-Suite 'workflows' Runner -Command bash, tests/workflows/run.sh
        Invoke-Suite 'packages and a dependent' Runner -Command bash, tests/dependent/run.sh
        Invoke-Suite "with Debian's crates" Runner -Command bash, tools/debian-check.sh
        Invoke-Suite 'planted faults under fuzzing' Runner -Command bash, tools/fuzz.sh, '--planted'
        Complete-Suite $sanitizers
    }
    if ($pester) {
        Complete-Suite $pester
    }

    Complete-Suites
}

function Invoke-RustChecks([switch]$Full) {
    Invoke-Suite 'cargo fmt' Check $CargoFolder -Command cargo, fmt, '--all', '--check', '--', '--color=never'
    Invoke-Suite 'clippy' Check $CargoFolder -Command (Get-CargoCommand clippy, '--quiet', '--workspace', '--all-targets', '--', '-D', 'warnings')
    if ($Full) {
        # In a workspace the library has all features that a member wants. Alone, each has its own.
        Invoke-Suite 'clippy without c-api' Check $CargoFolder -Command (Get-CargoCommand clippy, '--quiet', '--all-targets', '--no-default-features', '--', '-D', 'warnings')
        Invoke-Suite 'clippy of the CLI' Check $CargoFolder -Command (Get-CargoCommand clippy, '--quiet', '--package', 'arc-token-cli', '--all-targets', '--', '-D', 'warnings')
    }
    Invoke-Suite 'cargo doc' Check $CargoFolder @{ RUSTDOCFLAGS = '-D warnings' } -Command (Get-CargoCommand doc, '--quiet', '--no-deps', '--workspace')
}

# The suites of the crates. Cargo compiles for one of them while another's tests run, most of which wait for something.
function Invoke-RustSuites([hashtable]$Environment = @{}, [switch]$Full) {
    $library = Start-Suite 'Rust tests' Cargo $CargoFolder $Environment -Command (Get-CargoCommand test, '--no-fail-fast')
    $program = Start-Suite 'CLI tests' Cargo $CargoFolder -Command (Get-CargoCommand test, '--no-fail-fast', '--package', 'arc-token-cli')
    Invoke-RustChecks -Full:$Full
    Complete-Suite $library
    Complete-Suite $program
}

# Runs consumers of tokens, real packages of npm, NuGet and Debian, against the emulator, and shows each as a row of a table. Not one of
# the suites above: it needs the registries, and minutes.
function Invoke-Consumers {
    bash tests/consumers/run.sh $Emulator.Program (Build-Program) | Tee-Object -Variable lines | Out-Host
    $code = $LASTEXITCODE
    $counts = if ($code -eq 77) { '0 passed, 0 failed, 1 skipped' } else { @($lines)[-1] } # 77: nothing can run here, for the reason shown.
    Set-Content "$BuildRoot/target/totals.txt" $counts
    assert ($code -in 0, 77) 'Consumers behave in another way than their rows state, see above.'
}
