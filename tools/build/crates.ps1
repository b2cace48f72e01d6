# Where the Rust crates come from, and how cargo runs with them.

# 'registry', the ordinary crate registry, or 'debian', Debian's packages: asked once, then remembered below target/.
function Get-CratesSource {
    if ($env:ARCTOKEN_CRATES) {
        assert ($env:ARCTOKEN_CRATES -in 'registry', 'debian') "ARCTOKEN_CRATES is '$env:ARCTOKEN_CRATES', not 'registry' or 'debian'."
        return $env:ARCTOKEN_CRATES
    }

    $remembered = "$BuildRoot/target/crates-source"
    if (-not (Test-Path $remembered)) {
        $null = New-Item -ItemType Directory -Force "$BuildRoot/target"
        $source = if ($IsWindows -or (Test-Registry)) { 'registry' } else { 'debian' }
        Set-Content $remembered $source
    }

    Get-Content $remembered
}

# Whether the crate registry answers. Asked from a scratch package, so that a failure leaves nothing in the root.
function Test-Registry {
    $probe = "$BuildRoot/target/probe"
    $null = New-Item -ItemType Directory -Force "$probe/src"
    Set-Content "$probe/src/lib.rs" ''
    Set-Content "$probe/Cargo.toml" @'
[package]
name = "probe"
edition = "2024"
[workspace]
[dependencies]
libc = "0.2"
'@
    Push-Location $probe
    try {
        $env:CARGO_NET_RETRY = '0'
        $env:CARGO_HTTP_TIMEOUT = '5'
        cargo generate-lockfile --quiet 2>&1 | Out-Null
        $LASTEXITCODE -eq 0
    }
    finally {
        $env:CARGO_NET_RETRY = $env:CARGO_HTTP_TIMEOUT = $null
        Pop-Location
        Remove-Item $probe -Recurse -Force
    }
}

# Sets $CargoFolder, where cargo runs, and $Version, the one version of everything, from Cargo.toml.
function Initialize-Crates {
    assert (Get-Command cargo -ErrorAction Ignore) 'Rust with cargo, version 1.88 or later, is needed: https://www.rust-lang.org/tools/install'
    $script:CargoFolder = $BuildRoot
    if ((Get-CratesSource) -eq 'debian') {
        Write-Build Gray "crates: from Debian's packages (ARCTOKEN_CRATES=registry forces the crate registry)"
        $script:CargoFolder = "$BuildRoot/target/debian"
        exec { & "$BuildRoot/tools/debian-crates.sh" } -ErrorMessage "The crate registry cannot be reached, and Debian's crates are not to be had either."
        Assert-DebianFits
    }
    else {
        Write-Build Gray "crates: from the crate registry (ARCTOKEN_CRATES=debian forces Debian's packages)"
    }

    $metadata = Invoke-Cargo metadata --no-deps --format-version 1 | ConvertFrom-Json
    $script:Version = ($metadata.packages | Where-Object name -EQ arc-token).version
}

# Debian's suite moves on. Says so in one line where it has passed what Cargo.toml accepts.
function Assert-DebianFits {
    $lock = Get-Item "$CargoFolder/Cargo.lock" -ErrorAction Ignore
    if ($lock -and $lock.LastWriteTime -gt (Get-Item "$BuildRoot/Cargo.toml").LastWriteTime) {
        return
    }

    Push-Location $CargoFolder
    try {
        $text = cargo generate-lockfile --offline 2>&1 | Out-String
    }
    finally {
        Pop-Location
    }

    if ($LASTEXITCODE) {
        Write-Build Red $text
        if ($text -match '(?s)the requirement `(?<crate>\S+) = "(?<wanted>.+?)"`.*candidate versions found which didn.t match: (?<found>[^\r\n]+)') {
            throw "Debian has moved on: crate $($Matches.crate), wanted $($Matches.wanted), found $($Matches.found)."
        }
        throw "Debian's crates do not fit Cargo.toml."
    }
}

function Invoke-Cargo {
    $with = $args
    Push-Location $CargoFolder
    try {
        exec { cargo @with } -ErrorMessage "cargo $($with[0]) failed."
    }
    finally {
        Pop-Location
    }
}

# Runs a cargo build and gives the JSON messages about what came out; warnings and errors go to the terminal.
function Invoke-CargoBuild {
    Invoke-Cargo build --quiet --message-format=json-render-diagnostics @args | ConvertFrom-Json
}
