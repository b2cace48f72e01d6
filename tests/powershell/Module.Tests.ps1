# The finished module: its files, its manifest and its import.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $manifest = Import-PowerShellDataFile "$ModulePath/ArcToken.psd1"
    $command = Get-Command Get-ArcToken -Module ArcToken
}

Describe 'The module' {
    It 'has a manifest that PowerShell accepts' {
        { Test-ModuleManifest "$ModulePath/ArcToken.psd1" -ErrorAction Stop } | Should -Not -Throw
    }

    It 'has the version of the crate everywhere' {
        $version = ([regex]'(?m)^version = "(.+)"').Match((Get-Content -Raw "$RepositoryRoot/Cargo.toml")).Groups[1].Value
        $manifest.ModuleVersion | Should -Be $version
        $info = [Diagnostics.FileVersionInfo]::GetVersionInfo("$ModulePath/$($manifest.RootModule)")
        $info.ProductVersion | Should -Be $version
        (Get-Module ArcToken).Version | Should -Be $version
    }

    It 'has the version where Explorer shows it: in the native library and in arc-token' -Skip:(-not $IsWindows) {
        foreach ($file in $LibraryFile.FullName, $env:ARCTOKEN_PROGRAM) {
            $info = [Diagnostics.FileVersionInfo]::GetVersionInfo($file)
            $info.FileVersion, $info.ProductVersion | Should -Be $manifest.ModuleVersion, $manifest.ModuleVersion
            [version]"$($info.FileMajorPart).$($info.FileMinorPart).$($info.FileBuildPart)" | Should -Be ([version]$manifest.ModuleVersion)
            $info.ProductName | Should -Be 'ArcToken'
            $info.OriginalFilename | Should -Be (Split-Path -Leaf $file)
            $info.FileDescription | Should -BeLike 'Access tokens of *'
        }
    }

    It 'has the version in the path of what a process keeps open, so that a newer one is copied beside it' {
        $manifest.RootModule | Should -Be "lib/$($manifest.ModuleVersion)/ArcToken.dll"
        $LibraryPath | Should -Be "lib/$($manifest.ModuleVersion)/$Platform/$($LibraryFile.Name)"
    }

    It 'declares Windows PowerShell 5.1 and PowerShell 7' {
        $manifest.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.DotNetFrameworkVersion | Should -Be '4.7.2'
        $manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Desktop'
        $manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
    }

    It 'has a short manifest, which each import reads, and names the change log in it' {
        (Get-Item "$ModulePath/ArcToken.psd1").Length | Should -BeLessThan 2500
        $manifest.PrivateData.PSData.ReleaseNotes | Should -BeLike '*CHANGELOG.md*'
    }

    It 'exports its cmdlets by name, and nothing else' {
        $cmdlets = 'Clear-ArcTokenCache', 'Connect-ArcAzAccount', 'Disable-ArcAzCredential', 'Enable-ArcAzCredential', 'Get-ArcMachine', 'Get-ArcToken',
            'Invoke-ArcCommand', 'Test-ArcAgent'
        $manifest.CmdletsToExport | Sort-Object | Should -Be $cmdlets
        foreach ($list in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') {
            $manifest.ContainsKey($list) | Should -BeTrue -Because "$list would be searched for otherwise"
            $manifest[$list] | Should -BeNullOrEmpty
        }
        (Get-Module ArcToken).ExportedCommands.Keys | Sort-Object | Should -Be $cmdlets
    }

    It 'consists of these files and no others' {
        $files = Get-ChildItem $ModulePath -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($ModulePath, $_.FullName).Replace('\', '/') }
        # Libraries of other platforms are there if they were built.
        $files = $files | Where-Object { $_ -notmatch '^lib/[^/]+/(linux|win|osx)-(x64|arm64)/arc_token\.(so|dll|dylib)$' -or $_ -eq $LibraryPath }
        $files | Sort-Object | Should -Be (@(
                $manifest.RootModule, 'ArcToken.psd1', 'CHANGELOG.md', 'en-US/ArcToken.dll-Help.xml',
                'en-US/about_ArcToken.help.txt', 'en-US/about_ArcToken_Testing.help.txt', 'en-US/about_ArcToken_Troubleshooting.help.txt', 'LICENSE',
                'ThirdPartyNotices.txt', $LibraryPath
            ) | Sort-Object)
    }

    It 'brings the licence of each crate in the native library' {
        $notices = Get-Content -Raw "$ModulePath/ThirdPartyNotices.txt"
        foreach ($crate in 'reqwest', 'hyper', 'tokio', 'serde_json', 'url', 'zeroize') { $notices | Should -Match "(?m)^$crate v[\d.]+ \(.*(MIT|Apache)" }
        $notices | Should -Match 'Copyright \(c\) Tokio Contributors'
        $notices | Should -Not -Match '(?m)^(proptest|tempfile|cbindgen) v' -Because 'what only builds and tests use is not in the library'
    }

    It 'is small' {
        # The limit is for everything that PowerShell loads. It does not load the help. Debian's crates make 30 kB more than the registry's.
        # GNU's linker, with which the library for Windows is tested, makes it larger.
        $LibraryFile.Length | Should -BeLessThan ($IsWindows ? 3e6 : 2.15e6)
        $managed = Get-ChildItem $ModulePath, "$ModulePath/$VersionFolder" -File | Where-Object Extension -In .dll, .psd1
        ($managed | Measure-Object Length -Sum).Sum | Should -BeLessThan 150e3
    }

    It 'ships one assembly, which needs nothing but what PowerShell brings' {
        @(Get-ChildItem $ModulePath -Recurse -Filter *.dll).Name.Where({ $_ -ne 'arc_token.dll' }) | Should -Be 'ArcToken.dll'
        [ArcToken.AccessToken].Assembly.GetReferencedAssemblies().Name | Sort-Object | Should -Be 'netstandard', 'System.Management.Automation'
    }

    It 'can be imported by its path' {
        $result = Invoke-PowerShellObject "Import-Module '$ModulePath'; Get-Command Get-ArcToken | Select-Object Name, Source | ConvertTo-Json"
        $result.Source | Should -Be 'ArcToken'
    }

    It 'can be imported by its name' {
        $environment = @{ PSModulePath = Split-Path $ModulePath }
        $result = Invoke-PowerShellObject 'Import-Module ArcToken; Get-Command Get-ArcToken | Select-Object Name, Source | ConvertTo-Json' $environment
        $result.Source | Should -Be 'ArcToken'
    }

    It 'is loaded by itself when its command is used' {
        $environment = @{ PSModulePath = Split-Path $ModulePath }
        $result = Invoke-PowerShellObject 'Get-ArcToken "" -ErrorAction SilentlyContinue; ConvertTo-Json $Error[0].FullyQualifiedErrorId' $environment
        $result | Should -Be 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
    }

    It 'can be imported from two places in one session, which goes on with the first one''s assembly' {
        $folder = New-TestFolder
        try {
            Copy-Item $ModulePath "$folder/ArcToken" -Recurse
            $first = (Resolve-Path "$ModulePath/$VersionFolder/ArcToken.dll").Path
            $seen = Invoke-PowerShellObject "`$warnings = `$(Import-Module '$ModulePath'; Import-Module '$ModulePath'; 'now'; Import-Module '$folder/ArcToken') 3>&1
                ConvertTo-Json @(`$Error.Count; Get-ArcToken '' -ErrorAction SilentlyContinue; `$Error[0].FullyQualifiedErrorId; [ArcToken.AccessToken].Assembly.Location; `$warnings.ForEach({ `"`$_`" }))"
            $seen[0..2] | Should -Be 0, 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand', $first
            # The copy that is in use is named, when there is another.
            $seen | Should -HaveCount 5
            $seen[3] | Should -Be 'now'
            $seen[4] | Should -BeLike "*loaded first, $first.*"
        }
        finally {
            Remove-TestFolder $folder
        }
    }

    It 'can be removed and imported again' {
        $script = "foreach (`$i in 1, 2) { Import-Module '$ModulePath'; Get-ArcToken '' -ErrorAction SilentlyContinue; Remove-Module ArcToken }
            @(`$Error.FullyQualifiedErrorId) | ConvertTo-Json"
        Invoke-PowerShellObject $script | Should -Be (@('InvalidArgument,ArcToken.Commands.GetArcTokenCommand') * 2)
    }
}

Describe 'Get-ArcToken' {
    It 'has a parameter -<Name> of type <Type>' -ForEach @(
        @{ Name = 'Resource'; Type = 'System.String[]'; Position = 0; Pipeline = $true; Aliases = 'ResourceUrl', 'ResourceUri'; Sets = '__AllParameterSets' }
        @{ Name = 'ClientId'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'ObjectId'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'IdentityResourceId'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'AsPlainText'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'AsSecureString'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'AsCredential'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'AsHeader'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'AsAzAccountParameters'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'ResourceTypeName'; Type = 'System.String[]'; ByName = $true; Sets = '__AllParameterSets' }
        @{ Name = 'Environment'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'TenantId'; Type = 'System.String'; Aliases = 'Tenant'; Sets = '__AllParameterSets' }
        @{ Name = 'TimeoutSec'; Type = 'System.Nullable`1[System.Int32]'; Sets = '__AllParameterSets' }
        @{ Name = 'ForceRefresh'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'Endpoint'; Type = 'System.Uri'; Sets = '__AllParameterSets' }
        @{ Name = 'KeyDirectory'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'ApiVersion'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'RequireIdentifiedAgent'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'AllowUnidentifiedAgent'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'WaitForAgent'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
    ) {
        $parameter = $command.Parameters[$Name]
        $parameter.ParameterType.ToString() | Should -Be $Type
        @($parameter.ParameterSets.Keys) | Should -Be $Sets
        $wanted = $_
        foreach ($attribute in $parameter.Attributes.Where({ $_ -is [Parameter] })) {
            $attribute.Position | Should -Be ($wanted.ContainsKey('Position') ? $wanted.Position : [int]::MinValue)
            $attribute.Mandatory | Should -Be $wanted.ContainsKey('Mandatory')
            $attribute.ValueFromPipeline | Should -Be $wanted.ContainsKey('Pipeline')
            $attribute.ValueFromPipelineByPropertyName | Should -Be ($wanted.ContainsKey('Pipeline') -or $wanted.ContainsKey('ByName'))
        }
        $parameter.Aliases | Should -Be $wanted['Aliases']
    }

    It 'has no other parameters' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters
        @($command.Parameters.Keys.Where({ $_ -notin $common })).Count | Should -Be 20
    }

    It 'completes its parameters and its output''s properties' {
        (TabExpansion2 'Get-ArcToken -Ident').CompletionMatches.CompletionText | Should -Contain '-IdentityResourceId'
        $offered = (TabExpansion2 '(Get-ArcToken).').CompletionMatches.CompletionText -replace '\('
        $offered | Should -Contain 'MachineResourceId'
        $offered.Where({ $_ -notin [ArcToken.AccessToken].GetMembers().Name + 'PSStandardMembers' }) | Should -BeNullOrEmpty
    }
}
