# The finished module.

. "$PSScriptRoot/help.ps1"
. "$PSScriptRoot/notices.ps1"

$ModuleFolder = "$BuildRoot/out/ArcToken"

# A list of files, so that nothing ships by accident. The folder is made anew: a library that a running PowerShell has loaded
# must be replaced, not written over.
function New-Package($Native, [string]$Assembly) {
    $folder = $ModuleFolder
    $nativeFile = Get-NativeFile
    remove $folder
    $null = New-Item -ItemType Directory -Force (Split-Path "$folder/$nativeFile")

    Copy-Item $Assembly $folder
    Copy-Item $Native.Library "$folder/$nativeFile"
    Copy-Item powershell/ArcToken.Format.ps1xml, powershell/ArcToken.Types.ps1xml, LICENSE $folder
    New-ThirdPartyNotices "$folder/ThirdPartyNotices.txt"
    New-Help docs/help/en-US "$folder/en-US"

    $manifest = Get-Content -Raw powershell/ArcToken.psd1
    $pattern = "(?m)^(\s*ModuleVersion\s*=\s*)'[^']*'"
    assert ([regex]::Matches($manifest, $pattern).Count -eq 1) 'powershell/ArcToken.psd1 has not exactly one ModuleVersion.'
    assert ($Version -match '^\d+\.\d+\.\d+$') "Version $Version of Cargo.toml is not N.N.N, the only form that a module manifest takes."
    [IO.File]::WriteAllText("$folder/ArcToken.psd1", ($manifest -replace $pattern, "`$1'$Version'"))
}
