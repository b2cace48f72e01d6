# Builds the Rust library for the module, and the emulator for tests and demo.

# Builds the library. Returns its path and that of the header, which build.rs writes into cargo's OUT_DIR.
function Build-NativeLibrary {
    $messages = Invoke-ReleaseBuild --lib
    $artifact = $messages | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.target.kind -contains 'cdylib' }
    $package = $artifact.package_id
    $script = $messages | Where-Object { $_.reason -eq 'build-script-executed' -and $_.package_id -eq $package }
    $result = [pscustomobject]@{
        Library = $artifact | Get-LibraryFile
        Header  = Join-Path $script.out_dir arc_token.h
    }
    assert (Test-Path $result.Library) 'cargo made no library.'
    assert (Test-Path $result.Header) 'build.rs wrote no header.'
    $result
}

# Builds the emulator, and the library with symbols. The profile is that of the tests, so that they share the crates.
function Build-Emulator {
    $artifacts = Invoke-CargoBuild --example emulator | Where-Object reason -EQ compiler-artifact
    $result = [pscustomobject]@{
        Program = $artifacts | Where-Object { $_.target.name -eq 'emulator' } | ForEach-Object executable
        Library = $artifacts | Where-Object { $_.target.kind -contains 'cdylib' } | Get-LibraryFile
    }
    assert (Test-Path $result.Program) 'cargo made no emulator.'
    $result
}

# Builds the program arc-token in the same profile. Returns its path.
function Build-Program {
    (Invoke-CargoBuild --package arc-token-cli | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.executable }).executable
}

filter Get-LibraryFile {
    $_.filenames | Where-Object { $_ -match '\.(so|dll|dylib)$' }
}
