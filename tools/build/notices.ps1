# The licences of the crates that the native library is made of: each asks that its text goes along.

# Writes them to a file: each text once, below the names of the crates that have it.
function New-ThirdPartyNotices([string]$File) {
    $packages = @{}
    foreach ($package in (Invoke-Cargo metadata --format-version 1 | ConvertFrom-Json).packages) { $packages["$($package.name) v$($package.version)"] = $package }

    $tree = Invoke-Cargo tree --quiet --package arc-token --edges 'normal,no-proc-macro' --prefix none --no-dedupe --format '{p}'
    # What has no source is this project's own.
    $names = $tree | ForEach-Object { $_ -replace ' \(.*' } | Sort-Object -Unique | Where-Object { $packages[$_].source }
    assert $names 'cargo tree names no crate.'
    $crates = foreach ($name in $names) {
        [pscustomobject]@{ Name = "$name ($($packages[$name].license))"; Text = Get-LicenceText $packages[$name] }
    }

    $parts = @('The native library of ArcToken contains these works of others. Their licences ask that you can read them.')
    $parts += foreach ($group in $crates | Group-Object Text -CaseSensitive | Sort-Object { $_.Group[0].Name }) {
        (@('=' * 80) + $group.Group.Name + @('=' * 80)) -join "`n"
        $group.Group[0].Text
    }
    [IO.File]::WriteAllText($File, ($parts -join "`n`n") + "`n")
}

# Where a crate lets one choose, MIT, with what else it wants to be told.
function Get-LicenceText($Package) {
    $folder = Split-Path $Package.manifest_path
    $files = Get-ChildItem $folder -File | Where-Object Name -Match '^(LICEN[CS]E|COPYING|COPYRIGHT|UNLICENSE|NOTICE)' | Sort-Object Name
    if ($Package.license -match '\bMIT\b' -and ($files.Name -match 'MIT')) {
        $files = $files | Where-Object Name -Match 'MIT|^NOTICE|^COPYRIGHT|UNICODE'
    }
    if (-not $files) {
        # Debian's packages say it where the crate does not.
        $files = Get-Item "$folder/debian/copyright" -ErrorAction Ignore
    }
    assert $files "The crate $($Package.name) comes without its licence."
    ($files | ForEach-Object { [IO.File]::ReadAllText($_.FullName).Replace("`r", '').Trim("`n", ' ') }) -join "`n`n"
}
