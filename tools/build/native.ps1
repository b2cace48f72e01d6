# The Rust side: what the module ships, and the emulator that only the tests and the demo need.

# The library, as cargo made it, and the header that build.rs wrote into cargo's OUT_DIR.
function Build-NativeLibrary {
    $messages = Invoke-CargoBuild --release --lib
    $artifact = $messages | Where-Object { $_.reason -eq 'compiler-artifact' -and $_.target.kind -contains 'cdylib' }
    $package = $artifact.package_id
    $script = $messages | Where-Object { $_.reason -eq 'build-script-executed' -and $_.package_id -eq $package }
    $result = [pscustomobject]@{
        Library = $artifact.filenames | Where-Object { $_ -match '\.(so|dll|dylib)$' }
        Header  = Join-Path $script.out_dir arc_token.h
    }
    assert (Test-Path $result.Library) 'cargo made no library.'
    assert (Test-Path $result.Header) 'build.rs wrote no header.'
    $result
}

# Built like the tests, so that both share what they need.
function Build-Emulator {
    $artifact = Invoke-CargoBuild --example emulator |
        Where-Object { $_.reason -eq 'compiler-artifact' -and $_.target.name -eq 'emulator' }
    assert (Test-Path $artifact.executable) 'cargo made no emulator.'
    $artifact.executable
}

# Throws unless include/arc_token.h is what the sources say.
function Assert-Header([string]$Generated) {
    $checkedIn = "$BuildRoot/include/arc_token.h"
    assert (Test-Path $checkedIn) 'include/arc_token.h is missing: run ./build.sh header'
    assert ((Get-Content -Raw $checkedIn) -ceq (Get-Content -Raw $Generated)) 'include/arc_token.h is not what the sources say: run ./build.sh header'
}
