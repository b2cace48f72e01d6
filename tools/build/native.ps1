# The Rust side: what the module ships, and the emulator that only the tests and the demo need.

# The library, as cargo made it, and the header that build.rs wrote into cargo's OUT_DIR.
function Build-NativeLibrary {
    $messages = Invoke-CargoBuild --release --lib
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

# The emulator, and the library as the tests have it, with symbols. Built like the tests, so that all share what they need.
function Build-Emulator {
    $artifacts = Invoke-CargoBuild --example emulator | Where-Object reason -EQ compiler-artifact
    $result = [pscustomobject]@{
        Program = $artifacts | Where-Object { $_.target.name -eq 'emulator' } | ForEach-Object executable
        Library = $artifacts | Where-Object { $_.target.kind -contains 'cdylib' } | Get-LibraryFile
    }
    assert (Test-Path $result.Program) 'cargo made no emulator.'
    $result
}

filter Get-LibraryFile {
    $_.filenames | Where-Object { $_ -match '\.(so|dll|dylib)$' }
}
