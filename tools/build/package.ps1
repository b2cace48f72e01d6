# Makes what is published, out/release, from what was built for each platform.

. "$PSScriptRoot/platforms.ps1"
. "$PSScriptRoot/archives.ps1"
. "$PSScriptRoot/nupkg.ps1"
. "$PSScriptRoot/sbom.ps1"
. "$PSScriptRoot/signing.ps1"

$ReleaseFolder = "$BuildRoot/out/release"

# The module for all platforms as .nupkg and .zip; program, library and header for each as .tar.gz or, for Windows, .zip; the bill of
# materials; and SHA256SUMS of all these. The folder is made anew, and is whole or not there.
function New-Package([string]$Assembly, [switch]$Sign) {
    $built = @(Get-BuiltPlatforms)
    remove $ReleaseFolder, "$ReleaseFolder.new"
    if ($IsLinux) {
        $linux = @($built | Where-Object Name -Like 'linux-*')
        exec { bash ./tools/platforms/glibc.sh $linux.Library $linux.Program } -ErrorMessage 'A file for Linux does not load on all systems.'
    }

    $libraries = @{}
    $built | ForEach-Object { $libraries[$_.Name] = $_.Library }
    New-ModuleFolder $libraries $Assembly $built.Target
    if ($Sign) {
        Set-ModuleSignature $ModuleFolder
    }

    $folder = (New-Item -ItemType Directory "$ReleaseFolder.new").FullName
    $files = Get-FolderEntries $ModuleFolder 'ArcToken/'
    New-ModulePackage $ModuleFolder $folder
    # So that it can be unpacked where PowerShell looks for modules.
    New-Zip "$folder/ArcToken-$Version.zip" (Get-FolderEntries $ModuleFolder "ArcToken/$Version/")
    foreach ($platform in $built) {
        $files += New-PlatformArchive $platform $folder
    }
    New-Sbom "$folder/ArcToken-$Version.cdx.json" $built $files
    $sums = foreach ($name in Get-OrdinalOrder (Get-ChildItem $folder).Name) {
        "$((Get-FileHash "$folder/$name" -Algorithm SHA256).Hash.ToLowerInvariant())  $name"
    }
    [IO.File]::WriteAllText("$folder/SHA256SUMS", ($sums -join "`n") + "`n")
    Move-Item $folder $ReleaseFolder
}

# One archive for those who want no PowerShell. Returns what is in it, for the bill of materials.
function New-PlatformArchive($Platform, [string]$Folder) {
    $name = "arc-token-$Version-$($Platform.Name)"
    $windows = $Platform.Name -like 'win-*'
    $notices = "$BuildRoot/target/notices-$($Platform.Name).txt"
    New-ThirdPartyNotices $notices (Get-ShippedCrates arc-token, arc-token-cli $Platform.Target)
    $program = "$name/$(Split-Path -Leaf $Platform.Program)"
    # Compilers look for lib….
    $library = Split-Path -Leaf $Platform.Library
    $entries = @{
        $program                                               = $Platform.Program
        "$name/$($windows ? $library : "lib$library")"         = $Platform.Library
        "$name/arc_token.h"                                    = "$BuildRoot/include/arc_token.h"
        "$name/LICENSE"                                        = "$BuildRoot/LICENSE"
        "$name/ThirdPartyNotices.txt"                          = $notices
    }
    if ($windows) { New-Zip "$Folder/$name.zip" $entries } else { New-TarGz "$Folder/$name.tar.gz" $entries $program }
    $entries
}
