# Collects the licences of what others wrote. They are shipped, because each of them asks for that.

# Writes the licences of crates to a file: each text once, below the names of its crates. The standard library of Rust comes first.
function New-ThirdPartyNotices([string]$File, $Crates) {
    Assert-Licences $Crates
    $described = foreach ($crate in $Crates) {
        [pscustomobject]@{ Name = "$($crate.name) v$($crate.version) ($(Get-LicenceExpression $crate))"; Text = Get-LicenceText $crate }
    }

    $parts = @('ArcToken contains these works of others. Their licences ask that you can read them.')
    $parts += ('=' * 80), "Rust's standard library (MIT OR Apache-2.0)", ('=' * 80) -join "`n"
    $parts += [IO.File]::ReadAllText("$BuildRoot/tools/licences/rust-std.txt").Trim()
    $parts += foreach ($group in $described | Group-Object Text -CaseSensitive | Sort-Object { $_.Group[0].Name }) {
        (@('=' * 80) + $group.Group.Name + @('=' * 80)) -join "`n"
        $group.Group[0].Text
    }
    [IO.File]::WriteAllText($File, ($parts -join "`n`n") + "`n")
}

# The licence text of a crate: MIT where the crate offers a choice, and further notices.
function Get-LicenceText($Package) {
    $folder = Split-Path $Package.manifest_path
    $files = Get-ChildItem $folder -File | Where-Object Name -Match '^(LICEN[CS]E|COPYING|COPYRIGHT|UNLICENSE|NOTICE)' | Sort-Object Name
    if ($Package.license -match '\bMIT\b' -and ($files.Name -match 'MIT')) {
        $files = $files | Where-Object Name -Match 'MIT|^NOTICE|^COPYRIGHT|UNICODE'
    }
    if (-not $files) {
        # If the crate has no such file, Debian's package has one.
        $files = Get-Item "$folder/debian/copyright" -ErrorAction Ignore
    }
    assert $files "The crate $($Package.name) comes without its licence."
    ($files | ForEach-Object { [IO.File]::ReadAllText($_.FullName).Replace("`r", '').Trim("`n", ' ') }) -join "`n`n"
}
