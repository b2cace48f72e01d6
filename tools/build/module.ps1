# Puts the finished module together.

. "$PSScriptRoot/help.ps1"
. "$PSScriptRoot/licences.ps1"
. "$PSScriptRoot/notices.ps1"

$ModuleFolder = "$BuildRoot/out/ArcToken"

# Where a process finds what it keeps open: below a folder with the version in its name. See CONTRIBUTING.md, "The module's folder".
function Get-ModuleLibraryFolder {
    "$ModuleFolder/lib/$Version"
}

# A list of files, so that nothing ships by accident. The folder is made anew: a library that a running PowerShell has loaded
# must be replaced, not written over. $Libraries: paths by the names of their platforms. $Targets: Rust's names of these platforms.
function New-ModuleFolder([hashtable]$Libraries, [string]$Assembly, [string[]]$Targets) {
    assert ($Version -match '^\d+\.\d+\.\d+$') "Version $Version of Cargo.toml is not N.N.N, the only form that a module manifest takes."
    $folder = $ModuleFolder
    $library = Get-ModuleLibraryFolder
    remove $folder
    foreach ($platform in $Libraries.Keys) {
        $null = New-Item -ItemType Directory -Force "$library/$platform"
        Copy-Item $Libraries[$platform] "$library/$platform/arc_token$([IO.Path]::GetExtension($Libraries[$platform]))"
    }

    Copy-Item $Assembly $library
    Copy-Item LICENSE, CHANGELOG.md $folder
    New-ThirdPartyNotices "$folder/ThirdPartyNotices.txt" (Get-ShippedCrates arc-token $Targets)
    New-Help docs/help/en-US "$folder/en-US"

    $manifest = Get-Content -Raw powershell/ArcToken.psd1
    assert ([regex]::Matches($manifest, [regex]::Escape('0.0.0')).Count -eq 2) 'powershell/ArcToken.psd1 has not exactly two versions 0.0.0.'
    [IO.File]::WriteAllText("$folder/ArcToken.psd1", $manifest.Replace('0.0.0', $Version))
}

# The libraries for the module's folder, by the names of their platforms: this machine's own, if it is given, and what tasks have left for
# the other platforms in target/platforms. One that is not of these sources is left out.
function Get-ModuleLibraries([string]$Own) {
    $libraries = @{}
    if ($Own) { $libraries[(Split-Path (Get-NativeFile))] = $Own }
    $newest = (@(Get-ChildItem src -Recurse -File) + @(Get-Item Cargo.toml, Cargo.lock) | Measure-Object LastWriteTimeUtc -Maximum).Maximum
    foreach ($name in $Platforms.Keys.Where({ -not $libraries.ContainsKey($_) })) {
        $folder = "$BuildRoot/target/platforms/$name"
        $library = Get-Item "$folder/$($Platforms[$name].Library)" -ErrorAction Ignore
        $built = Get-Content "$folder/version" -ErrorAction Ignore
        if (-not $library -or -not $built) { continue }
        if ($built -ne $Version -or $library.LastWriteTimeUtc -lt $newest) {
            Write-Build Yellow "The library for $name was built from other sources: the module is made without it. Build it anew." | Out-Host
            continue
        }
        $libraries[$name] = $library.FullName
    }
    $libraries
}
