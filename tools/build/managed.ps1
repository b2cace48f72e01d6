# The C# side.

$ManagedProject = 'powershell/src/ArcToken.csproj'

# The module's one assembly, stamped with the crate's version. Built again only when a source is newer.
function Build-Assembly {
    $folder = "$BuildRoot/target/assembly"
    $assembly = "$folder/ArcToken.dll"
    $newest = Get-ChildItem powershell/src, data -Recurse -File | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]' |
        Sort-Object LastWriteTimeUtc | Select-Object -Last 1
    $built = Get-Item $assembly -ErrorAction Ignore
    if (-not $built -or $built.VersionInfo.FileVersion -notlike "$Version*" -or $newest.LastWriteTimeUtc -gt $built.LastWriteTimeUtc) {
        Invoke-Dotnet build $ManagedProject -c Release -o $folder "-p:Version=$Version" -warnaserror --nologo -v quiet | Out-Host
        (Get-Item $assembly).LastWriteTimeUtc = [datetime]::UtcNow # MSBuild keeps the time of an assembly that came out the same.
    }
    $assembly
}
