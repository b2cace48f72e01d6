# What `test` runs, in this order. A suite that fails does not stop the next.

function Invoke-AllSuites {
    Invoke-Lints
    Invoke-Suite 'Rust tests' Cargo $CargoFolder -Command 'cargo test --no-fail-fast'

    $module = "$BuildRoot/out/ArcToken"
    if (Get-BuildError package) {
        Add-SuiteResult 'the module, built' 0 1 0 ([timespan]::Zero) 'see above; without it the rest cannot run'
    }
    else {
        Invoke-HeaderSuite
        $script:Emulator = Build-Emulator
        $environment = @{
            ARCTOKEN_MODULE   = $module
            ARCTOKEN_LIBRARY  = "$module/$(Get-NativeFile)"
            ARCTOKEN_EMULATOR = $Emulator
        }
        Invoke-ScriptSuite 'C tests' tests/c/run.sh $environment
        Invoke-ScriptSuite "Microsoft's clients" tests/clients/run.sh $environment
        Invoke-Suite 'PowerShell tests' Runner -Environment $environment -Command 'dotnet pwsh -NoProfile -NonInteractive -File tools/build/pester.ps1'
    }

    Complete-Suites
}

function Invoke-Lints {
    Invoke-Suite 'cargo fmt' Check $CargoFolder -Command 'cargo fmt --check'
    Invoke-Suite 'clippy' Check $CargoFolder -Command 'cargo clippy --quiet --all-targets -- -D warnings'
    Invoke-Suite 'clippy, without c-api' Check $CargoFolder -Command 'cargo clippy --quiet --all-targets --no-default-features -- -D warnings'
    Invoke-Suite 'dotnet format' Check -Command "dotnet format $ManagedProject --verify-no-changes --no-restore"
}

function Invoke-HeaderSuite {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    try {
        Assert-Header $Native.Header
        Add-SuiteResult 'C header' 1 0 0 $watch.Elapsed
    }
    catch {
        Add-SuiteResult 'C header' 0 1 0 $watch.Elapsed $_
    }
}

function Invoke-ScriptSuite([string]$Name, [string]$Path, [hashtable]$Environment) {
    if ($IsWindows) {
        Add-SuiteResult $Name 0 0 1 ([timespan]::Zero) 'not on Windows'
    }
    else {
        Invoke-Suite $Name Runner -Environment $Environment -Command "bash $Path"
    }
}
