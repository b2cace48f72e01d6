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
