# What the finished module consists of, and what it shows of itself.

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
        $info = [Diagnostics.FileVersionInfo]::GetVersionInfo("$ModulePath/ArcToken.dll")
        $info.ProductVersion | Should -Be $version
        (Get-Module ArcToken).Version | Should -Be $version
    }

    It 'declares Windows PowerShell 5.1 and PowerShell 7' {
        $manifest.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.DotNetFrameworkVersion | Should -Be '4.7.2'
        $manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Desktop'
        $manifest.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
    }

    It 'exports its cmdlets by name, and nothing else' {
        $cmdlets = 'Clear-ArcTokenCache', 'Connect-ArcAzAccount', 'Disable-ArcAzCredential', 'Enable-ArcAzCredential', 'Get-ArcMachine', 'Get-ArcToken',
            'Test-ArcAgent'
        $manifest.CmdletsToExport | Sort-Object | Should -Be $cmdlets
        foreach ($list in 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') {
            $manifest.ContainsKey($list) | Should -BeTrue -Because "$list would be searched for otherwise"
            $manifest[$list] | Should -BeNullOrEmpty
        }
        (Get-Module ArcToken).ExportedCommands.Keys | Sort-Object | Should -Be $cmdlets
    }

    It 'consists of these files and no others' {
        $files = Get-ChildItem $ModulePath -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($ModulePath, $_.FullName).Replace('\', '/') }
        $files | Sort-Object | Should -Be (@(
                'ArcToken.dll', 'ArcToken.Format.ps1xml', 'ArcToken.psd1', 'ArcToken.Types.ps1xml', 'en-US/ArcToken.dll-Help.xml',
                'en-US/about_ArcToken.help.txt', 'en-US/about_ArcToken_Troubleshooting.help.txt', 'LICENSE',
                'ThirdPartyNotices.txt', "$Platform/$LibraryFile"
            ) | Sort-Object)
    }

    It 'brings the licence of each crate in the native library' {
        $notices = Get-Content -Raw "$ModulePath/ThirdPartyNotices.txt"
        foreach ($crate in 'reqwest', 'hyper', 'tokio', 'serde_json', 'url', 'zeroize') { $notices | Should -Match "(?m)^$crate v[\d.]+ \(.*(MIT|Apache)" }
        $notices | Should -Match 'Copyright \(c\) Tokio Contributors'
        $notices | Should -Not -Match '(?m)^(proptest|tempfile|cbindgen) v' -Because 'what only builds and tests use is not in the library'
    }

    It 'is small' {
        # What has to be downloaded and loaded. Help is neither loaded nor code.
        (Get-Item "$ModulePath/$Platform/$LibraryFile").Length | Should -BeLessThan 2e6
        $managed = Get-ChildItem $ModulePath -File | Where-Object Extension -In .dll, .psd1, .ps1xml
        ($managed | Measure-Object Length -Sum).Sum | Should -BeLessThan 100e3
    }

    It 'ships one assembly, which needs nothing but what PowerShell brings' {
        @(Get-ChildItem $ModulePath -Filter *.dll).Name | Should -Be 'ArcToken.dll'
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
        @{ Name = 'AsPlainText'; Type = 'System.Management.Automation.SwitchParameter'; Mandatory = $true; Sets = 'PlainText' }
        @{ Name = 'AsSecureString'; Type = 'System.Management.Automation.SwitchParameter'; Mandatory = $true; Sets = 'SecureString' }
        @{ Name = 'AsCredential'; Type = 'System.Management.Automation.SwitchParameter'; Mandatory = $true; Sets = 'Credential' }
        @{ Name = 'AsHeader'; Type = 'System.Management.Automation.SwitchParameter'; Mandatory = $true; Sets = 'Header' }
        @{ Name = 'AsAzAccountParameters'; Type = 'System.Management.Automation.SwitchParameter'; Mandatory = $true; Sets = 'AzAccountParameters' }
        @{ Name = 'ResourceTypeName'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'Environment'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'TimeoutSec'; Type = 'System.Nullable`1[System.Int32]'; Sets = '__AllParameterSets' }
        @{ Name = 'ForceRefresh'; Type = 'System.Management.Automation.SwitchParameter'; Sets = '__AllParameterSets' }
        @{ Name = 'Endpoint'; Type = 'System.Uri'; Sets = '__AllParameterSets' }
        @{ Name = 'KeyDirectory'; Type = 'System.String'; Sets = '__AllParameterSets' }
        @{ Name = 'ApiVersion'; Type = 'System.String'; Sets = '__AllParameterSets' }
    ) {
        $parameter = $command.Parameters[$Name]
        $parameter.ParameterType.ToString() | Should -Be $Type
        @($parameter.ParameterSets.Keys) | Should -Be $Sets
        $wanted = $_
        foreach ($attribute in $parameter.Attributes.Where({ $_ -is [Parameter] })) {
            $attribute.Position | Should -Be ($wanted.ContainsKey('Position') ? $wanted.Position : [int]::MinValue)
            $attribute.Mandatory | Should -Be $wanted.ContainsKey('Mandatory')
            $attribute.ValueFromPipeline | Should -Be $wanted.ContainsKey('Pipeline')
            $attribute.ValueFromPipelineByPropertyName | Should -Be $wanted.ContainsKey('Pipeline')
        }
        $parameter.Aliases | Should -Be $wanted['Aliases']
    }

    It 'has no other parameters' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters
        @($command.Parameters.Keys.Where({ $_ -notin $common })).Count | Should -Be 16
    }

    It 'declares what it writes' {
        $types = @{}
        $command.OutputType.ForEach({ $types[$_.Name] = $true })
        $types.Keys | Sort-Object | Should -Be @(
            'ArcToken.AccessToken', 'System.Collections.Hashtable', 'System.Management.Automation.PSCredential', 'System.Security.SecureString', 'System.String'
        )
    }

    It 'completes its parameters and its output''s properties' {
        (TabExpansion2 'Get-ArcToken -Ident').CompletionMatches.CompletionText | Should -Contain '-IdentityResourceId'
        (TabExpansion2 '(Get-ArcToken).Machine').CompletionMatches.CompletionText | Should -Contain 'MachineResourceId'
    }
}
