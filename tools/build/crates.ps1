# How cargo runs: where, and whether it keeps to Cargo.lock. Where the crates come from is decided by tools/crates.sh.

# Sets $CargoFolder, where cargo runs; $CargoLock, what holds it to Cargo.lock, if anything; and $Version, the one version of
# everything, from Cargo.toml.
function Initialize-Crates {
    assert (Get-Command cargo -ErrorAction Ignore) 'Rust with cargo, version 1.88 or later, is needed: https://www.rust-lang.org/tools/install'
    if ($IsWindows) {
        # There is no bash, and no need for another choice.
        assert ($env:ARCTOKEN_CRATES -in $null, '', 'registry') "ARCTOKEN_CRATES is '$env:ARCTOKEN_CRATES'. On Windows it takes: registry."
        $lock, $script:CargoFolder = '--locked', $BuildRoot
    }
    else {
        $lock, $script:CargoFolder = exec { bash ./tools/crates.sh } -ErrorMessage 'There are no Rust crates to build with.'
    }

    $script:CargoLock = @($lock | Where-Object { $_ })
    $metadata = Invoke-Cargo metadata --no-deps --format-version 1 | ConvertFrom-Json
    $script:Version = ($metadata.packages | Where-Object name -EQ arc-token).version
}

# A command of cargo's, with what holds it to Cargo.lock.
function Get-CargoCommand([string[]]$With) {
    @('cargo', $With[0]) + $CargoLock + @($With | Select-Object -Skip 1)
}

function Invoke-Cargo {
    $program, $with = Get-CargoCommand $args
    Push-Location $CargoFolder
    try {
        exec { & $program @with } -ErrorMessage "cargo $($with[0]) failed."
    }
    finally {
        Pop-Location
    }
}

# Builds what is shipped or installed. Paths of this machine are left out, so that every folder builds the same bytes. $Flags: more
# of them for the compiler.
function Invoke-ReleaseBuild([string[]]$With, [string[]]$Flags) {
    $crates = $env:CARGO_HOME ? $env:CARGO_HOME : (Join-Path $HOME .cargo)
    $before = $env:CARGO_ENCODED_RUSTFLAGS
    $given = $before ? $before.Split([char]0x1f) : "$env:RUSTFLAGS".Split(' ', [StringSplitOptions]::RemoveEmptyEntries)
    $all = @($given; "--remap-path-prefix=$BuildRoot=."; "--remap-path-prefix=$crates=/cargo"; $Flags)
    $env:CARGO_ENCODED_RUSTFLAGS = $all.Where({ $_ }) -join [char]0x1f
    try {
        Invoke-CargoBuild --release @With
    }
    finally {
        $env:CARGO_ENCODED_RUSTFLAGS = $before
    }
}

# Runs a cargo build and gives the JSON messages about what came out; warnings and errors go to the terminal.
function Invoke-CargoBuild {
    Invoke-Cargo build --quiet --message-format=json-render-diagnostics @args | ConvertFrom-Json
}
