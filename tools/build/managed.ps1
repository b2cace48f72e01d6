# Builds the C# assembly of the module.

$ManagedProject = 'powershell/src/ArcToken.csproj'

# Builds the assembly with the crate's version. It is built again only if a source is newer.
function Build-Assembly {
    $folder = "$BuildRoot/target/assembly"
    $assembly = "$folder/ArcToken.dll"
    $newest = Get-ChildItem powershell/src -Recurse -File | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]' |
        Sort-Object LastWriteTimeUtc | Select-Object -Last 1
    $built = Get-Item $assembly -ErrorAction Ignore
    if (-not $built -or $built.VersionInfo.FileVersion -notlike "$Version*" -or $newest.LastWriteTimeUtc -gt $built.LastWriteTimeUtc) {
        Invoke-Dotnet build $ManagedProject -c Release -o $folder "-p:Version=$Version" -warnaserror --nologo -v quiet | Out-Host
        (Get-Item $assembly).LastWriteTimeUtc = [datetime]::UtcNow # MSBuild leaves the time of an unchanged assembly as it is.
    }
    $assembly
}
