# Packs the module for PowerShell's repositories.

. "$PSScriptRoot/release-notes.ps1"

# Writes ArcToken.VERSION.nupkg: what PowerShell's own Compress-PSResource makes, but with the same bytes each time. That one names a part
# by chance, and puts in the time and this machine's system.
function New-ModulePackage([string]$Module, [string]$Folder) {
    $work = [IO.Directory]::CreateTempSubdirectory('arctoken-').FullName
    try {
        Compress-PSResource -Path $Module -DestinationPath $work
        $made = Get-Item "$work/ArcToken.$Version.nupkg"
        $entries = @{}
        $zip = [IO.Compression.ZipFile]::OpenRead($made)
        try {
            foreach ($entry in $zip.Entries) {
                $memory = [IO.MemoryStream]::new()
                $content = $entry.Open()
                $content.CopyTo($memory)
                $content.Dispose()
                $entries[$entry.FullName] = $memory.ToArray()
            }
        }
        finally {
            $zip.Dispose()
        }
        Set-FixedParts $entries
        Set-PackageNotes $entries (Get-ReleaseNotes -OrUnreleased)
        New-Zip "$Folder/$($made.Name)" $entries
    }
    finally {
        Remove-Item $work -Recurse -Force
    }
}

# The parts of a package that differ from run to run: the name of the core properties, who wrote them, the names of relations, and the
# order of the kinds of files.
function Set-FixedParts([hashtable]$Entries) {
    $properties = @($Entries.Keys -like 'package/services/metadata/core-properties/*.psmdcp')
    assert ($properties.Count -eq 1) 'The package has not exactly one part with core properties.'
    $name = 'package/services/metadata/core-properties/ArcToken.psmdcp'
    $text = [Text.Encoding]::UTF8.GetString($Entries[$properties[0]]) -replace '<lastModifiedBy>.*?</lastModifiedBy>', '<lastModifiedBy>ArcToken</lastModifiedBy>'
    $Entries.Remove($properties[0])
    $Entries[$name] = [Text.Encoding]::UTF8.GetBytes($text)

    $script:relation = 0
    $relations = [Text.Encoding]::UTF8.GetString($Entries['_rels/.rels']).Replace("/$($properties[0])", "/$name")
    $relations = [regex]::Replace($relations, '\bId="[^"]*"', { 'Id="R{0}"' -f $script:relation++ })
    $Entries['_rels/.rels'] = [Text.Encoding]::UTF8.GetBytes($relations)

    $kinds = [Text.Encoding]::UTF8.GetString($Entries['[Content_Types].xml'])
    $all = [regex]::Matches($kinds, '\s*<(Default|Override) [^>]*/>') | ForEach-Object Value
    $place = $kinds.IndexOf($all[0], [StringComparison]::Ordinal)
    $all | ForEach-Object { $kinds = $kinds.Replace($_, '') }
    $Entries['[Content_Types].xml'] = [Text.Encoding]::UTF8.GetBytes($kinds.Insert($place, -join (Get-OrdinalOrder $all)))
}

# What the Gallery and Find-PSResource show as the version's notes. The manifest, from which PowerShell took them, only says where they are.
function Set-PackageNotes([hashtable]$Entries, [string]$Notes) {
    $utf8 = [Text.UTF8Encoding]::new($true)
    $description = [xml]$utf8.GetString($Entries['ArcToken.nuspec']).TrimStart([char]0xfeff)
    $description.package.metadata.releaseNotes = $Notes
    $stream = [IO.MemoryStream]::new()
    $writer = [Xml.XmlWriter]::Create($stream, [Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = $utf8 })
    $description.Save($writer)
    $writer.Dispose()
    $Entries['ArcToken.nuspec'] = $stream.ToArray()
}
