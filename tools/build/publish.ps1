# Publishes what is in out/release, a step at a time, from the release workflow. Each step first looks whether the files are the ones that
# SHA256SUMS names, and whether the tag is that of this version.

. "$PSScriptRoot/release-notes.ps1"

function Assert-Releasable {
    if ($env:GITHUB_REF_NAME) {
        assert ($env:GITHUB_REF_NAME -eq "v$Version") "The tag is $env:GITHUB_REF_NAME, and Cargo.toml has version $Version."
    }
    assert (Test-Path "$ReleaseFolder/SHA256SUMS") "There is no package in '$ReleaseFolder'. Run ./build.sh package"
    $names = foreach ($line in Get-Content "$ReleaseFolder/SHA256SUMS") {
        $sum, $name = $line -split '  ', 2
        assert ((Test-Path "$ReleaseFolder/$name") -and (Get-FileHash "$ReleaseFolder/$name" -Algorithm SHA256).Hash -eq $sum) "'$name' is not the file that SHA256SUMS names."
        $name
    }
    $more = (Get-ChildItem $ReleaseFolder).Name | Where-Object { $_ -notin $names -and $_ -ne 'SHA256SUMS' }
    assert (-not $more) "SHA256SUMS does not name: $($more -join ', ')."
}

# The release's page, with all files. gh takes its token from GH_TOKEN.
function Publish-Page {
    $notes = Get-ReleaseNotes
    $files = (Get-ChildItem $ReleaseFolder).FullName
    exec { $notes | gh release create "v$Version" --verify-tag --title "ArcToken $Version" --notes-file - @files } -ErrorMessage 'The release could not be made.'
}

# The module, to the PowerShell Gallery or to the repository that ARCTOKEN_REPOSITORY names; the key is in ARCTOKEN_GALLERY_KEY.
function Publish-Gallery {
    $with = @{ Repository = $env:ARCTOKEN_REPOSITORY ? $env:ARCTOKEN_REPOSITORY : 'PSGallery' }
    if ($env:ARCTOKEN_GALLERY_KEY) {
        $with.ApiKey = $env:ARCTOKEN_GALLERY_KEY
        $env:ARCTOKEN_GALLERY_KEY = $null
    }
    Publish-PSResource -NupkgPath "$ReleaseFolder/ArcToken.$Version.nupkg" @with -ErrorAction Stop
}

# The library's crate, then the program's, which needs it. cargo takes its token from CARGO_REGISTRY_TOKEN.
function Publish-Crates {
    assert ($CargoFolder -eq $BuildRoot) 'Crates are published with those of the registry: set ARCTOKEN_CRATES to registry.'
    Invoke-Cargo publish --package arc-token
    Invoke-Cargo publish --package arc-token-cli
}
