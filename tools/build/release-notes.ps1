# The notes of this version, from CHANGELOG.md.

# What CHANGELOG.md says of this version; with -OrUnreleased, of what is not released yet where it has no section for the version.
function Get-ReleaseNotes([string]$Text = (Get-Content -Raw "$BuildRoot/CHANGELOG.md"), [switch]$OrUnreleased) {
    $Text = $Text.Replace("`r", '')
    foreach ($name in @($Version) + @(if ($OrUnreleased) { 'Unreleased' })) {
        $section = [regex]::Match($Text, "(?ms)^## \[$([regex]::Escape($name))\][^\n]*\n(.*?)(?=^## \[|\z)")
        if ($section.Success) { return $section.Groups[1].Value.Trim() }
    }
    assert $false "CHANGELOG.md has no section '## [$Version]'."
}

# The same as a value in the module's manifest, which Windows PowerShell reads as ASCII.
function Get-ManifestNotes {
    $notes = Get-ReleaseNotes -OrUnreleased
    assert ($notes -notmatch '[^\x00-\x7f]|(?m)^\''@') 'CHANGELOG.md: these notes cannot stand in a manifest, which takes ASCII without a line that begins with ''@.'
    "@'`n$notes`n'@"
}
