# Whether the same sources give the same bytes in another folder: package --twice.

# A copy of the sources as git would take them, without what was built. It shares Debian's unpacked packages, which are only read.
function Copy-Sources([string]$Folder) {
    remove $Folder
    $null = New-Item -ItemType Directory -Force $Folder, "$Folder/target/platforms"
    foreach ($file in exec { git -C $BuildRoot ls-files --cached --others --exclude-standard }) {
        if (Test-Path -LiteralPath "$BuildRoot/$file" -PathType Leaf) {
            $null = New-Item -ItemType Directory -Force (Split-Path "$Folder/$file")
            Copy-Item -LiteralPath "$BuildRoot/$file" "$Folder/$file"
        }
    }
    if (Test-Path "$BuildRoot/target/platforms/packages") {
        $null = New-Item -ItemType SymbolicLink "$Folder/target/platforms/packages" -Target "$BuildRoot/target/platforms/packages"
    }
}

# Makes the package once more, in a folder with another and longer name, and compares the sums. Keeps that folder where they differ.
function Assert-Reproduced {
    $folder = "$BuildRoot/target/twice/another folder"
    Copy-Sources $folder
    $before = $env:SOURCE_DATE_EPOCH, $env:ARCTOKEN_CRATES
    $env:SOURCE_DATE_EPOCH = (Get-ArchiveTime).ToUnixTimeSeconds()
    $env:ARCTOKEN_CRATES = $CargoFolder -eq $BuildRoot ? 'registry' : $env:ARCTOKEN_CRATES ? $env:ARCTOKEN_CRATES : (Join-Path (Split-Path $BuildRoot) shared crates.tar.xz)
    try {
        exec { & "$folder/build.sh" package } -ErrorMessage "It cannot be built in '$folder'."
    }
    finally {
        $env:SOURCE_DATE_EPOCH, $env:ARCTOKEN_CRATES = $before
    }
    $differing = Compare-Object (Get-Content "$ReleaseFolder/SHA256SUMS") (Get-Content "$folder/out/release/SHA256SUMS") | ForEach-Object { $_.InputObject -replace '^\S+\s+' } | Sort-Object -Unique
    assert (-not $differing) "In another folder other bytes came out for: $($differing -join ', '). They are in '$folder/out/release'."
    remove "$BuildRoot/target/twice"
}
