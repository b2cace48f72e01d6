# Connect-ArcAzAccount with a stand-in for Az.Accounts, which presents the token to a local stand-in for Azure Resource Manager.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    Enable-AzStandIn
    $agent = Start-Emulator
    $where = $agent.Where
    $azure = Start-LoopbackService $agent
    $env:ARCTOKEN_TEST_ARM = $azure.Uri.ToString().TrimEnd('/')
    $quiet = @{ WarningAction = 'Ignore' }
    $own = Get-ArcToken @where

    function Get-LastToken {
        @((Get-Issued $agent).tokens)[-1]
    }
}

AfterAll {
    $azure.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe 'The stand-in for Connect-AzAccount' {
    It 'has the real one''s set <Set> with <Mandatory> mandatory' -ForEach @(
        @{ Set = 'UserWithSubscriptionId'; Mandatory = '' }
        @{ Set = 'ServicePrincipalWithSubscriptionId'; Mandatory = 'Credential ServicePrincipal Tenant' }
        @{ Set = 'UserWithCredential'; Mandatory = 'Credential' }
        @{ Set = 'ServicePrincipalCertificateWithSubscriptionId'; Mandatory = 'ApplicationId CertificateThumbprint Tenant' }
        @{ Set = 'ServicePrincipalCertificateFileWithSubscriptionId'; Mandatory = 'ApplicationId CertificatePath Tenant' }
        @{ Set = 'ClientAssertionParameterSet'; Mandatory = 'ApplicationId FederatedToken Tenant' }
        @{ Set = 'AccessTokenWithSubscriptionId'; Mandatory = 'AccessToken AccountId' }
        @{ Set = 'ManagedServiceLogin'; Mandatory = 'Identity' }
    ) {
        $connect = Get-Command Connect-AzAccount -CommandType Cmdlet
        $connect.ParameterSets.Count | Should -Be 8
        $parameters = $connect.ParameterSets.Where({ $_.Name -eq $Set }).Parameters
        $parameters | Where-Object IsMandatory | Sort-Object Name | Join-String Name -Separator ' ' | Should -Be $Mandatory
        $parameters | Where-Object ValueFromPipeline | Join-String Name | Should -Be 'Subscription'
    }
}

Describe 'Connect-ArcAzAccount' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'logs in with the very token that the agent issued' {
        $azProfile = Connect-ArcAzAccount @where @quiet
        $azProfile | Should -BeOfType ([Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile])
        $azProfile.Context.Account.Id | Should -Be $own.ClientId
        $azProfile.Context.Subscription.Id | Should -Be ([Consumers.LoopbackService]::Subscription)
        $azure.Requests[-1].Accepted | Should -BeTrue
        $azure.Requests[-1].Bearer | Should -BeExactly (Get-LastToken)

        $call = Get-LastCall
        $call.ParameterSet | Should -Be 'AccessTokenWithSubscriptionId'
        $call.Bound.Keys | Where-Object { $_ -notin [Management.Automation.PSCmdlet]::CommonParameters } | Sort-Object |
            Should -Be 'AccessToken', 'AccountId', 'Scope', 'Tenant'
        $call.Bound.Tenant | Should -Be $own.TenantId
        $call.Bound.Scope | Should -Be 'Process'
        Get-Audience $call.Bound.AccessToken | Should -BeExactly 'https://management.azure.com/'
    }

    It 'passes on -<Name>' -ForEach @(
        @{ Name = 'Subscription'; Value = '0a11ce00-5ab5-4000-8000-00000000000b' }
        @{ Name = 'Tenant'; Value = 'contoso.example' }
        @{ Name = 'Environment'; Value = 'AzureUSGovernment' }
        @{ Name = 'ContextName'; Value = 'mine' }
        @{ Name = 'Scope'; Value = 'CurrentUser' }
        @{ Name = 'SkipContextPopulation'; Value = $true }
        @{ Name = 'MaxContextPopulation'; Value = 3 }
        @{ Name = 'Force'; Value = $true }
    ) {
        $given = @{ $Name = $Value }
        $null = Connect-ArcAzAccount @where @given @quiet
        "$((Get-LastCall).Bound[$Name])" | Should -BeExactly "$Value"
    }

    It 'passes on -DefaultProfile' {
        $azProfile = [Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile]::new()
        $null = Connect-ArcAzAccount @where -DefaultProfile $azProfile @quiet
        (Get-LastCall).Bound.DefaultProfile | Should -Be $azProfile
    }

    It 'has Connect-AzAccount''s aliases for <Name>' -ForEach @(
        @{ Name = 'Tenant' }, @{ Name = 'Subscription' }, @{ Name = 'Environment' }, @{ Name = 'DefaultProfile' }
    ) {
        $theirs = (Get-Command Connect-AzAccount -CommandType Cmdlet).Parameters[$Name].Aliases
        (Get-Command Connect-ArcAzAccount).Parameters[$Name].Aliases | Should -Be $theirs
    }

    It 'adds tokens with -KeyVault and -MicrosoftGraph, in <Cloud>' -ForEach @(
        @{ Cloud = 'AzureCloud'; Arm = 'https://management.core.windows.net/'; Vault = 'https://vault.azure.net'; Graph = 'https://graph.microsoft.com/' }
        @{ Cloud = 'AzureUSGovernment'; Arm = 'https://management.core.usgovcloudapi.net/'; Vault = 'https://vault.usgovcloudapi.net'; Graph = 'https://graph.microsoft.us/' }
        @{ Cloud = 'AzureChinaCloud'; Arm = 'https://management.core.chinacloudapi.cn/'; Vault = 'https://vault.azure.cn'; Graph = 'https://microsoftgraph.chinacloudapi.cn/' }
    ) {
        $null = Connect-ArcAzAccount @where -KeyVault -MicrosoftGraph -Environment $Cloud @quiet
        $bound = (Get-LastCall).Bound
        Get-Audience $bound.AccessToken | Should -BeExactly $Arm
        Get-Audience $bound.KeyVaultAccessToken | Should -BeExactly $Vault
        Get-Audience $bound.MicrosoftGraphAccessToken | Should -BeExactly $Graph
        $bound.KeyVaultAccessToken, $bound.MicrosoftGraphAccessToken | Should -BeIn (Get-Issued $agent).tokens
    }

    It 'does not log in where a token is not to be had' {
        $calls = [AzStandIn.Recorder]::Calls.Count
        Set-Fault $agent '400-after-challenge'
        (Get-OneError { Connect-ArcAzAccount @where }).FullyQualifiedErrorId | Should -Be 'AgentError,ArcToken.Commands.ConnectArcAzAccountCommand'
        (Get-OneError { Connect-ArcAzAccount @where -Environment Moon }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,ArcToken.Commands.ConnectArcAzAccountCommand'
        [AzStandIn.Recorder]::Calls.Count | Should -Be $calls
    }

    It 'takes tenant and subscription from the token with -SkipValidation' {
        $asked = $azure.Requests.Count
        $context = (Connect-ArcAzAccount @where -SkipValidation -SkipContextPopulation @quiet).Context
        $context.Tenant.Id | Should -Be $own.TenantId
        $context.Subscription.Id | Should -Be $own.SubscriptionId
        $azure.Requests.Count | Should -Be $asked
    }

    It 'leaves tenant and subscription as given with -SkipValidation' {
        $given = @{ Tenant = [guid]::NewGuid().ToString(); Subscription = [guid]::NewGuid().ToString() }
        $context = (Connect-ArcAzAccount @where -SkipValidation @given @quiet).Context
        $context.Tenant.Id, $context.Subscription.Id | Should -Be $given.Tenant, $given.Subscription
    }

    It 'takes the subscription from the agent with -SkipValidation where the token names none' {
        Set-Fault $agent 'token-opaque'
        try {
            $context = (Connect-ArcAzAccount @where -SkipValidation -Tenant ([guid]::NewGuid()) -ForceRefresh @quiet).Context
            $context.Subscription.Id | Should -Be (Get-ArcMachine @where).SubscriptionId
        }
        finally {
            Reset-Emulator $agent
        }
    }

    It 'logs in as a user-assigned identity' {
        $other = Start-Emulator '--user-assigned', '11111111-aaaa-4000-8000-000000000001,11111111-bbbb-4000-8000-000000000002,/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i'
        try {
            $place = $other.Where
            $null = Connect-ArcAzAccount @place -ClientId 11111111-aaaa-4000-8000-000000000001 -SkipValidation -Subscription ([guid]::NewGuid()) @quiet
            (Get-LastCall).Bound.AccountId | Should -Be '11111111-aaaa-4000-8000-000000000001'
        }
        finally {
            Stop-Emulator $other
        }
    }

    It 'asks for nothing and does nothing under <Name>' -ForEach @(
        @{ Name = '-WhatIf'; Call = { Connect-ArcAzAccount @where -KeyVault -SkipValidation -WhatIf } }
        @{ Name = '$WhatIfPreference'; Call = { $WhatIfPreference = $true; Connect-ArcAzAccount @where } }
    ) {
        Reset-Emulator $agent
        & $Call | Should -BeNullOrEmpty
        (Get-LastCall).Done | Should -BeFalse
        @(Get-AgentRequest $agent) | Should -BeNullOrEmpty
    }

    It 'calls no function and no alias that has the cmdlet''s name' {
        $stolen = [Collections.Generic.List[string]]::new()
        $steal = { $stolen.Add("$args") }.GetNewClosure()
        Set-Item Function:global:Connect-AzAccount $steal
        Set-Item 'Function:global:Az.Accounts\Connect-AzAccount' $steal
        Set-Item Function:global:Steal-Token $steal
        Set-Alias Connect-AzAccount Steal-Token -Scope Global
        try {
            $null = Connect-ArcAzAccount @where @quiet
            (Get-LastCall).Bound.AccessToken | Should -BeExactly (Get-LastToken)
            $stolen.Count | Should -Be 0
        }
        finally {
            Remove-Item Alias:Connect-AzAccount, Function:Connect-AzAccount, 'Function:Az.Accounts\Connect-AzAccount', Function:Steal-Token
        }
    }

    It 'names the module that gets the token with -Verbose' {
        $messages = @(Connect-ArcAzAccount @where @quiet -Verbose 4>&1).Where({ $_ -is [Management.Automation.VerboseRecord] }).Message
        $module = Get-Module Az.Accounts
        $messages | Should -Contain "Connect-AzAccount is that of the module Az.Accounts $($module.Version), $($module.Path)."
    }

    It 'lets through what Connect-AzAccount writes, to every stream' {
        $DebugPreference = $InformationPreference = $VerbosePreference = 'Continue'
        $kinds = @(Connect-ArcAzAccount @where -InformationVariable information -WarningVariable warning -OutVariable output *>&1 | ForEach-Object { $_.GetType().Name }) | Select-Object -Unique
        $kinds | Sort-Object | Should -Be 'DebugRecord', 'InformationRecord', 'PSAzureProfile', 'VerboseRecord', 'WarningRecord'
        "$information$warning$output" | Should -BeLike '*information*This login holds until*not the real*PSAzureProfile*'
    }

    It 'lets through Connect-AzAccount''s errors' {
        $before = $env:ARCTOKEN_TEST_ARM
        $env:ARCTOKEN_TEST_ARM = 'http://127.0.0.1:1'
        try {
            (Get-OneError { Connect-ArcAzAccount @where @quiet }).FullyQualifiedErrorId | Should -Be 'LoginFailed,AzStandIn.ConnectAzAccountCommand'
            Connect-ArcAzAccount @where @quiet -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.FullyQualifiedErrorId | Should -Be 'LoginFailed,AzStandIn.ConnectAzAccountCommand'
            { Connect-ArcAzAccount @where @quiet -ErrorAction Stop } | Should -Throw -ErrorId 'LoginFailed,*'
            { Connect-ArcAzAccount @where @quiet -SkipValidation -Subscription name } | Should -Throw '*needs a tenant*'
        }
        finally {
            $env:ARCTOKEN_TEST_ARM = $before
        }
    }

    It 'ends at once when the pipeline is stopped while Az logs in' {
        $shell = [powershell]::Create().AddScript("Import-Module '$ModulePath'; `$where = `$args[0]; Connect-ArcAzAccount @where -ContextName 'wait for ever'").AddArgument($where)
        try {
            $calls = [AzStandIn.Recorder]::Calls.Count
            $running = $shell.BeginInvoke()
            for ($i = 0; $i -lt 200 -and [AzStandIn.Recorder]::Calls.Count -eq $calls; $i++) { Start-Sleep -Milliseconds 50 }
            Start-Sleep -Milliseconds 100
            $running.IsCompleted | Should -BeFalse
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne(3000) | Should -BeTrue
        }
        finally {
            $shell.Dispose()
        }
    }

    It 'says how to install Az.Accounts where it is missing' {
        $result = Invoke-PowerShellObject -Environment @{ PSModulePath = Split-Path $ModulePath } -Script "Import-Module '$ModulePath'
            Connect-ArcAzAccount -ErrorAction SilentlyContinue
            `$Error[0] | Select-Object FullyQualifiedErrorId, { `$_.Exception.Advice }, { [string]`$_.CategoryInfo.Category } | ConvertTo-Json"
        $values = $result.psobject.Properties.Value
        $values[0] | Should -Be 'AzAccountsNotFound,ArcToken.Commands.ConnectArcAzAccountCommand'
        $values[1] | Should -Match 'Install-PSResource Az.Accounts.*Install-Module Az.Accounts'
        $values[2] | Should -Be 'NotInstalled'
    }
}

Describe 'Connect-ArcAzAccount with a token that is there' {
    It 'takes <Name>' -ForEach @(
        @{ Name = 'an object from the pipeline'; Call = { Get-ArcToken @where | Connect-ArcAzAccount @quiet } }
        @{ Name = 'an object as its argument'; Call = { Connect-ArcAzAccount (Get-ArcToken @where) @quiet } }
        @{ Name = '-InputObject'; Call = { Connect-ArcAzAccount -InputObject (Get-ArcToken @where) @quiet } }
        @{ Name = 'a credential from the pipeline'; Call = { Get-ArcToken @where -AsCredential | Connect-ArcAzAccount @quiet } }
        @{ Name = 'a credential as its argument'; Call = { Connect-ArcAzAccount (Get-ArcToken @where -AsCredential) @quiet } }
        @{ Name = '-AccessTokenCredential'; Call = { Connect-ArcAzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @quiet } }
        @{ Name = 'Az''s form of the audience'; Call = { Get-ArcToken @where -ResourceTypeName Arm | Connect-ArcAzAccount -Environment AzureCloud @quiet } }
        @{ Name = 'another cloud''s token'; Call = { Get-ArcToken @where -Environment AzureChinaCloud | Connect-ArcAzAccount -Environment AzureChinaCloud @quiet } }
        @{ Name = 'any token for a cloud of one''s own'; Call = { Get-ArcToken https://management.own.example @where | Connect-ArcAzAccount -Environment Own @quiet } }
    ) {
        Reset-Emulator $agent
        $azProfile = & $Call
        $azProfile.Context.Account.Id | Should -Be $own.ClientId
        @((Get-Issued $agent).tokens) | Should -BeExactly (Get-LastCall).Bound.AccessToken -Because 'no other token was asked for'
        (Get-LastCall).Bound.Tenant | Should -Be $own.TenantId
        $azure.Requests[-1].Accepted | Should -BeTrue
    }

    It 'reads tenant and subscription from the token in <Name>' -ForEach @(
        @{ Name = 'an object'; Call = { Get-ArcToken @where | Connect-ArcAzAccount -SkipValidation @quiet } }
        @{ Name = 'a credential'; Call = { Get-ArcToken @where -AsCredential | Connect-ArcAzAccount -SkipValidation @quiet } }
    ) {
        $context = (& $Call).Context
        $context.Tenant.Id, $context.Subscription.Id | Should -Be $own.TenantId, $own.SubscriptionId
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'an object for another service'; Call = { Get-ArcToken https://vault.azure.net @where | Connect-ArcAzAccount } }
        @{ Name = 'a credential for another service'; Call = { Get-ArcToken https://vault.azure.net -AsCredential @where | Connect-ArcAzAccount } }
        @{ Name = 'another cloud''s object'; Call = { Get-ArcToken @where | Connect-ArcAzAccount -Environment AzureChinaCloud } }
        @{ Name = 'another cloud''s credential'; Call = { Get-ArcToken @where -AsCredential | Connect-ArcAzAccount -Environment AzureChinaCloud } }
        @{ Name = 'a password'; Call = { [pscredential]::new('user', (ConvertTo-SecureString 'a.password.really' -AsPlainText)) | Connect-ArcAzAccount } }
        @{ Name = 'a string from the pipeline'; Call = { 'a.token.really' | Connect-ArcAzAccount } }
        @{ Name = 'nothing'; Call = { $null | Connect-ArcAzAccount } }
        @{ Name = 'a disposed object'; Call = { $token = Get-ArcToken @where; $token.Dispose(); $token | Connect-ArcAzAccount } }
    ) {
        $calls = [AzStandIn.Recorder]::Calls.Count
        $problem = Get-OneError $Call
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidArgument,ArcToken.Commands.ConnectArcAzAccountCommand'
        $problem.Exception.Advice | Should -BeLike '*Get-ArcToken*'
        [AzStandIn.Recorder]::Calls.Count | Should -Be $calls
    }

    It 'refuses a string for a credential, and does not prompt' {
        { Connect-ArcAzAccount -AccessTokenCredential 'a.token.really' } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'does nothing where the pipeline is empty' {
        $calls = [AzStandIn.Recorder]::Calls.Count
        @() | Connect-ArcAzAccount | Should -BeNullOrEmpty
        [AzStandIn.Recorder]::Calls.Count | Should -Be $calls
    }

    It 'does not go with -<_>' -ForEach 'Identity', 'ClientId', 'Endpoint', 'KeyVault', 'ForceRefresh' {
        $other = @{ $_ = if ($_ -in 'ClientId', 'Endpoint') { 'http://127.0.0.1:1' } else { $true } }
        { Connect-ArcAzAccount -InputObject $own @other } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        { Connect-ArcAzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @other } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
