# The tools that make a release, on the module of this platform: licences, signing, archives, the package's bytes, release notes.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    # What these scripts have from Invoke-Build and the build.
    $BuildRoot = $RepositoryRoot
    $Version = (Import-PowerShellDataFile "$ModulePath/ArcToken.psd1").ModuleVersion
    $ReleaseFolder = "$TestDrive/release"
    function assert($Condition, $Message) { if (-not $Condition) { throw $Message } }
    foreach ($part in 'licences', 'signing', 'archives', 'nupkg', 'publish') { . "$RepositoryRoot/tools/build/$part.ps1" }
}

Describe 'Licences of crates' {
    It '<Expression>: <Fits>' -ForEach @(
        @{ Expression = 'MIT'; Fits = $true }
        @{ Expression = 'GPL-3.0-only'; Fits = $false }
        @{ Expression = 'GPL-3.0-only OR MIT'; Fits = $true }
        @{ Expression = 'MIT AND GPL-3.0-only'; Fits = $false }
        @{ Expression = '(MIT OR Apache-2.0) AND Unicode-3.0'; Fits = $true }
        @{ Expression = 'GPL-2.0-only OR (MIT AND AGPL-3.0-only)'; Fits = $false }
        @{ Expression = 'Apache-2.0 WITH LLVM-exception OR GPL-3.0-only'; Fits = $true }
        @{ Expression = 'GPL-3.0-only WITH GCC-exception-3.1'; Fits = $false }
        @{ Expression = 'mit'; Fits = $false }
    ) {
        Test-LicenceExpression $Expression (Get-Content $AllowedLicences) | Should -Be $Fits
    }

    It 'is no expression: <_>' -ForEach '', 'MIT OR', '(MIT', 'MIT Apache-2.0', 'OR MIT' {
        { Test-LicenceExpression $_ 'MIT', 'Apache-2.0' } | Should -Throw '*no licence expression*'
    }

    It 'stop the build by the crate''s name, and tools may have more' {
        $free = [pscustomobject]@{ name = 'free'; version = '1.0.0'; license = 'MIT/Apache-2.0' }
        $tool = [pscustomobject]@{ name = 'tool'; version = '2.0.0'; license = 'MPL-2.0' }
        $none = [pscustomobject]@{ name = 'none'; version = '3.0.0'; license = $null }
        Assert-Licences $free
        Assert-Licences $free, $tool -Tools
        { Assert-Licences $free, $tool, $none } | Should -Throw '*tool 2.0.0 (MPL-2.0), none 3.0.0 (names none)*'
    }
}

Describe 'Signing' {
    It 'has each file of the module in its list, once' {
        $plan = @(Get-SigningPlan $ModulePath)
        $plan.File | Sort-Object | Should -Be ((Get-ChildItem $ModulePath -Recurse -File).FullName | Sort-Object)
        # What PowerShell looks at where the execution policy is AllSigned, and what Windows does.
        $own = ($plan | Where-Object Way -EQ Authenticode).File | ForEach-Object { [IO.Path]::GetFileName($_) }
        $own | Should -Contain 'ArcToken.dll'
        $own | Should -Contain 'ArcToken.psd1'
    }

    It 'stops at a file of which nobody has said how it is signed' {
        $null = New-Item -ItemType Directory "$TestDrive/odd"
        Set-Content "$TestDrive/odd/tool.exe" x
        { Get-SigningPlan "$TestDrive/odd" } | Should -Throw '*tool.exe*'
    }

    It 'signs all of these, then the catalogue of the whole folder' {
        $calls = [Collections.Generic.List[string]]::new()
        function Set-AuthenticodeSignature { param($FilePath, $Certificate, $HashAlgorithm, $IncludeChain, $TimestampServer) $calls.Add("sign $FilePath"); @{ Status = 'Valid'; StatusMessage = '' } }
        function New-FileCatalog { param($Path, $CatalogFilePath, $CatalogVersion) $calls.Add("list $Path") }
        Set-ModuleSignature $ModulePath 'certificate' 'http://stamp.example'
        $own = (Get-SigningPlan $ModulePath | Where-Object Way -EQ Authenticode).File
        $calls | Should -Be (@($own | ForEach-Object { "sign $_" }) + "list $ModulePath" + "sign $ModulePath/ArcToken.cat")
    }

    It 'fails where a file could not be signed' {
        function Set-AuthenticodeSignature { param($FilePath, $Certificate, $HashAlgorithm, $IncludeChain, $TimestampServer) @{ Status = 'UnknownError'; StatusMessage = 'no' } }
        function New-FileCatalog { }
        { Set-ModuleSignature $ModulePath 'certificate' 'http://stamp.example' } | Should -Throw '*could not be signed: no'
    }
}

Describe 'Archives' {
    BeforeAll {
        $folder = New-Item -ItemType Directory "$TestDrive/content/below"
        Set-Content "$folder/b" two
        Set-Content "$folder/../a" one
        $env:SOURCE_DATE_EPOCH = 1700000000
    }
    AfterAll { $env:SOURCE_DATE_EPOCH = $null }

    It 'have the same bytes whenever they are made (<Kind>)' -ForEach @(@{ Kind = 'zip'; Make = { New-Zip @args } }, @{ Kind = 'tar.gz'; Make = { New-TarGz @args } }) {
        & $Make "$TestDrive/1.$Kind" (Get-FolderEntries "$TestDrive/content" 'x/')
        (Get-Item "$TestDrive/content/a").LastWriteTime = [datetime]::new(2020, 1, 1)
        if ($IsLinux) { chmod 600 "$TestDrive/content/a" }
        & $Make "$TestDrive/2.$Kind" (Get-FolderEntries "$TestDrive/content" 'x/')
        (Get-FileHash "$TestDrive/1.$Kind").Hash | Should -Be (Get-FileHash "$TestDrive/2.$Kind").Hash
        Set-Content "$TestDrive/content/a" other
        & $Make "$TestDrive/2.$Kind" (Get-FolderEntries "$TestDrive/content" 'x/')
        (Get-FileHash "$TestDrive/1.$Kind").Hash | Should -Not -Be (Get-FileHash "$TestDrive/2.$Kind").Hash
        Set-Content "$TestDrive/content/a" one
    }

    It 'keep rights and times' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'it asks Linux''s tar' }
        New-TarGz "$TestDrive/rights.tar.gz" (Get-FolderEntries "$TestDrive/content" 'x/') 'x/a'
        $lines = env TZ=UTC tar -tvzf "$TestDrive/rights.tar.gz" 2>&1
        $lines[0] | Should -Match '^-rwxr-xr-x root/root .* 2023-11-14 22:13 x/a$'
        $lines[1] | Should -Match '^-rw-r--r-- root/root .* x/below/b$'
    }

    It 'of the module for PowerShell''s repositories, too' {
        foreach ($run in 1, 2) {
            $null = New-Item -ItemType Directory "$TestDrive/nupkg$run"
            New-ModulePackage $ModulePath "$TestDrive/nupkg$run"
            Start-Sleep -Milliseconds 1100 # Compress-PSResource writes the time, to the second.
        }
        (Get-FileHash "$TestDrive/nupkg1/ArcToken.$Version.nupkg").Hash | Should -Be (Get-FileHash "$TestDrive/nupkg2/ArcToken.$Version.nupkg").Hash
    }

    It 'of the module have this version''s part of the change log, for the Gallery' {
        $zip = [IO.Compression.ZipFile]::OpenRead("$TestDrive/nupkg1/ArcToken.$Version.nupkg")
        $reader = [IO.StreamReader]::new($zip.GetEntry('ArcToken.nuspec').Open())
        try { $metadata = ([xml]$reader.ReadToEnd()).package.metadata } finally { $reader.Dispose(); $zip.Dispose() }
        $metadata.releaseNotes.Length | Should -BeGreaterThan 100
        $metadata.releaseNotes | Should -BeExactly (Get-ReleaseNotes -OrUnreleased)
        $metadata.id, $metadata.version | Should -Be 'ArcToken', "$Version"
    }

    It 'of the module have no part in an order of chance' {
        $kinds = 'psd1', 'dll', 'so', 'xml' | ForEach-Object { "`n  <Default Extension=`"$_`" ContentType=`"application/octet`" />" }
        $made = foreach ($order in @(0, 1, 2, 3), @(3, 1, 0, 2)) {
            $name = "package/services/metadata/core-properties/$([guid]::NewGuid().ToString('N')).psmdcp"
            $entries = @{
                $name = [Text.Encoding]::UTF8.GetBytes("<p><lastModifiedBy>$name</lastModifiedBy></p>")
                '_rels/.rels' = [Text.Encoding]::UTF8.GetBytes("<R><Relationship Target=`"/a`" Id=`"R$name`" /><Relationship Target=`"/$name`" Id=`"Q$name`" /></R>")
                '[Content_Types].xml' = [Text.Encoding]::UTF8.GetBytes("<Types>$(-join $kinds[$order])`n</Types>")
            }
            Set-FixedParts $entries
            ($entries.Keys | Sort-Object | ForEach-Object { "${_}: $([Text.Encoding]::UTF8.GetString($entries[$_]))" }) -join "`n"
        }
        $made[0] | Should -BeExactly $made[1]
        $made[0] | Should -BeLike '*<Types>*dll*psd1*so*xml*</Types>*'
    }
}

Describe 'Release notes' {
    It 'are the section of this version' {
        Get-ReleaseNotes "# Changelog`n`n## [Unreleased]`n`n- later`n`n## [$Version] - 2026-01-01`n`n- this`n`n## [0.0.1]`n`n- before`n" | Should -Be '- this'
    }
    It 'must be there' { { Get-ReleaseNotes "## [Unreleased]`n" } | Should -Throw "*no section*$Version*" }
}

Describe 'Publishing' {
    BeforeAll {
        $null = New-Item -ItemType Directory $ReleaseFolder
        Set-Content "$ReleaseFolder/file" x
        $sum = (Get-FileHash "$ReleaseFolder/file" -Algorithm SHA256).Hash
    }
    It 'takes what SHA256SUMS names' {
        Set-Content "$ReleaseFolder/SHA256SUMS" "$sum  file"
        Assert-Releasable
    }
    It 'refuses <What>' -ForEach @(
        @{ What = 'another file of that name'; Sums = { '0' * 64 + '  file' }; Says = '*not the file*' }
        @{ What = 'a file that is not named'; Sums = { '' }; Says = '*does not name: file*' }
        @{ What = 'a file that is missing'; Sums = { "$sum  file"; "$sum  gone" }; Says = "*'gone' is not*" }
    ) {
        Set-Content "$ReleaseFolder/SHA256SUMS" (@(& $Sums) | Where-Object { $_ })
        { Assert-Releasable } | Should -Throw $Says
    }
    It 'refuses the tag of another version' {
        $env:GITHUB_REF_NAME = 'v9.9.9'
        try { { Assert-Releasable } | Should -Throw '*v9.9.9*' } finally { $env:GITHUB_REF_NAME = $null }
    }
}
