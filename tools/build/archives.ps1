# Archives with the same bytes for the same content: fixed order, times and rights, whoever makes them.

# SOURCE_DATE_EPOCH, else the time of the commit, else that of the oldest file that a .zip can hold.
function Get-ArchiveTime {
    $seconds = $env:SOURCE_DATE_EPOCH
    if (-not $seconds) {
        $seconds = try { git -C $BuildRoot log -1 --format=%ct 2>$null } catch { $null }
    }
    [DateTimeOffset]::FromUnixTimeSeconds($seconds ? [long]$seconds : 315532800)
}

# Writes a .zip. $Entries: names and what they hold, a file's path or bytes.
function New-Zip([string]$File, [Collections.IDictionary]$Entries, [string[]]$Executable = @()) {
    $time = Get-ArchiveTime
    $stream = [IO.File]::Create($File)
    try {
        $zip = [IO.Compression.ZipArchive]::new($stream, 'Create', $true)
        foreach ($name in Get-OrdinalOrder $Entries.Keys) {
            $entry = $zip.CreateEntry($name, 'SmallestSize')
            # Without a time zone, so that of UTC is written everywhere. The rights are Unix's, in the upper half.
            $entry.LastWriteTime = $time
            $entry.ExternalAttributes = ($name -in $Executable ? 0x81ED : 0x81A4) -shl 16
            $bytes = Get-EntryBytes $Entries[$name]
            $content = $entry.Open()
            $content.Write($bytes, 0, $bytes.Length)
            $content.Dispose()
        }
        $zip.Dispose()
    }
    finally {
        $stream.Dispose()
    }
}

# Writes a .tar.gz.
function New-TarGz([string]$File, [Collections.IDictionary]$Entries, [string[]]$Executable = @()) {
    $time = Get-ArchiveTime
    $stream = [IO.File]::Create($File)
    try {
        $gzip = [IO.Compression.GZipStream]::new($stream, [IO.Compression.CompressionLevel]::SmallestSize, $true)
        $tar = [Formats.Tar.TarWriter]::new($gzip, [Formats.Tar.TarEntryFormat]::Ustar, $true)
        foreach ($name in Get-OrdinalOrder $Entries.Keys) {
            $entry = [Formats.Tar.UstarTarEntry]::new([Formats.Tar.TarEntryType]::RegularFile, $name)
            $entry.ModificationTime = $time
            $entry.Mode = $name -in $Executable ? 'UserRead, UserWrite, UserExecute, GroupRead, GroupExecute, OtherRead, OtherExecute' : 'UserRead, UserWrite, GroupRead, OtherRead'
            $entry.UserName = $entry.GroupName = 'root'
            $entry.DataStream = [IO.MemoryStream]::new((Get-EntryBytes $Entries[$name]))
            $tar.WriteEntry($entry)
        }
        $tar.Dispose()
        $gzip.Dispose()
    }
    finally {
        $stream.Dispose()
    }
}

# All files below a folder as entries, below a folder in the archive.
function Get-FolderEntries([string]$Folder, [string]$Below) {
    $entries = @{}
    foreach ($file in Get-ChildItem $Folder -Recurse -File -Force) {
        $entries["$Below$([IO.Path]::GetRelativePath($Folder, $file.FullName).Replace('\', '/'))"] = $file.FullName
    }
    $entries
}

function Get-EntryBytes($Content) {
    , $($Content -is [byte[]] ? $Content : [IO.File]::ReadAllBytes($Content))
}

# The same in every language.
function Get-OrdinalOrder([string[]]$Names) {
    [Array]::Sort($Names, [StringComparer]::Ordinal)
    $Names
}
