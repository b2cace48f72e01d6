# Enable-ArcAzCredential: the proxy function for Connect-AzAccount, tested with a stand-in for Az.Accounts.

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
    $cmdlet = Get-Command Connect-AzAccount -CommandType Cmdlet

    function Get-SetText($Command, [string]$Set) {
        $Command.ParameterSets.Where({ $_.Name -eq $Set }).Parameters | Where-Object Name -NotIn ([Management.Automation.PSCmdlet]::CommonParameters) |
            Sort-Object Name | ForEach-Object { "$($_.Name) $($_.ParameterType) $($_.IsMandatory) $($_.Position) $($_.ValueFromPipeline) $($_.Aliases)" }
    }
}

AfterAll {
    Disable-ArcAzCredential
    $azure.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe 'Without Enable-ArcAzCredential' {
    It 'nothing stands before Az''s cmdlet, which has no such parameter' {
        (Get-Command Connect-AzAccount).CommandType | Should -Be Cmdlet
        { Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) } | Should -Throw -ErrorId 'NamedParameterNotFound,*'
        Disable-ArcAzCredential | Should -BeNullOrEmpty
    }
}

Describe 'With Enable-ArcAzCredential' {
    BeforeAll {
        Enable-ArcAzCredential | Should -BeNullOrEmpty
    }

    AfterAll {
        Disable-ArcAzCredential
    }

    It 'the line of the design logs in with the very token' {
        $azProfile = Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @quiet
        $azProfile.Context.Account.Id | Should -Be $own.ClientId
        $azure.Requests[-1].Accepted | Should -BeTrue
        $azure.Requests[-1].Bearer | Should -BeExactly @((Get-Issued $agent).tokens)[-1]
        $bound = (Get-LastCall).Bound
        $bound.Tenant, "$($bound.Scope)" | Should -Be $own.TenantId, 'Process'
    }

    It 'the parameter goes with -<Name>' -ForEach @(
        @{ Name = 'Subscription'; Value = '0a11ce00-5ab5-4000-8000-00000000000b' }
        @{ Name = 'Tenant'; Value = 'contoso.example' }
        @{ Name = 'Environment'; Value = 'AzureCloud' }
        @{ Name = 'ContextName'; Value = 'mine' }
        @{ Name = 'Scope'; Value = 'CurrentUser' }
        @{ Name = 'SkipContextPopulation'; Value = $true }
        @{ Name = 'MaxContextPopulation'; Value = 3 }
        @{ Name = 'Force'; Value = $true }
        @{ Name = 'SkipValidation'; Value = $true }
    ) {
        $given = @{ $Name = $Value }
        $null = Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @given @quiet
        "$((Get-LastCall).Bound[$Name])" | Should -BeExactly "$Value"
    }

    It 'is an error with <Name>' -ForEach @(
        @{ Name = '-Identity'; Other = @{ Identity = $true } }
        @{ Name = '-AccessToken'; Other = @{ AccessToken = 't'; AccountId = 'a' } }
        @{ Name = '-Credential'; Other = @{ Credential = [pscredential]::Empty } }
    ) {
        { Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @Other } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'the parameters of the set <_> are Az''s' -ForEach @(
        'UserWithSubscriptionId', 'ServicePrincipalWithSubscriptionId', 'UserWithCredential', 'ServicePrincipalCertificateWithSubscriptionId'
        'ServicePrincipalCertificateFileWithSubscriptionId', 'ClientAssertionParameterSet', 'AccessTokenWithSubscriptionId', 'ManagedServiceLogin'
    ) {
        $proxy = Get-Command Connect-AzAccount
        $proxy.CommandType | Should -Be Function
        $proxy.ParameterSets.Count | Should -Be 9
        Get-SetText $proxy $_ | Should -Be (Get-SetText $cmdlet $_)
        $proxy.DefaultParameterSet | Should -Be $cmdlet.DefaultParameterSet
    }

    It 'other logins go to Az as they are: <Name>' -ForEach @(
        @{ Name = '-Identity'; Set = 'ManagedServiceLogin'; Call = { Connect-AzAccount -Identity -AccountId a @quiet }; Bound = 'AccountId', 'Identity', 'WarningAction' }
        @{ Name = 'a token'; Set = 'AccessTokenWithSubscriptionId'; Call = { $p = Get-ArcToken @where -AsAzAccountParameters; Connect-AzAccount @p @quiet }; Bound = 'AccessToken', 'AccountId', 'Scope', 'Tenant', 'WarningAction' }
        @{ Name = 'a subscription from the pipeline'; Set = 'UserWithSubscriptionId'; Call = { 'name' | Connect-AzAccount @quiet }; Bound = 'Subscription', 'WarningAction' }
        @{ Name = 'an alias of a parameter'; Set = 'ManagedServiceLogin'; Call = { Connect-AzAccount -MSI -TenantId t @quiet }; Bound = 'Identity', 'Tenant', 'WarningAction' }
        @{ Name = 'nothing at all'; Set = 'UserWithSubscriptionId'; Call = { Connect-AzAccount @quiet }; Bound = 'WarningAction' }
    ) {
        & $Call | Should -BeOfType ([Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile])
        (Get-LastCall).ParameterSet | Should -Be $Set
        (Get-LastCall).Bound.Keys | Sort-Object | Should -Be $Bound
    }

    It 'the alias <_> has the parameter too' -ForEach 'Login-AzAccount', 'Add-AzAccount', 'Login-AzureRmAccount' {
        $null = & $_ -AccessTokenCredential (Get-ArcToken @where -AsCredential) @quiet
        (Get-LastCall).Bound.AccountId | Should -Be $own.ClientId
    }

    It '-WhatIf reaches Az, with <Name>' -ForEach @(
        @{ Name = 'the parameter'; Call = { Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) -WhatIf } }
        @{ Name = 'another login'; Call = { Connect-AzAccount -Identity -WhatIf } }
    ) {
        & $Call | Should -BeNullOrEmpty
        (Get-LastCall).Done | Should -BeFalse
    }

    It 'no argument is taken by its position' {
        { Connect-AzAccount something } | Should -Throw -ErrorId 'PositionalParameterNotFound,*'
    }

    It 'completion knows all parameters, and what completes their values' {
        (TabExpansion2 'Connect-AzAccount -AccessT').CompletionMatches.CompletionText | Should -Be '-AccessTokenCredential', '-AccessToken'
        (TabExpansion2 'Connect-AzAccount -Environment AzureC').CompletionMatches.CompletionText | Should -Be 'AzureCloud', 'AzureChinaCloud'
        (TabExpansion2 'Connect-AzAccount -Scope ').CompletionMatches.CompletionText | Should -Be 'CurrentUser', 'Process'
    }

    It 'Get-Help shows the help of the cmdlet' {
        @((Get-Help Connect-AzAccount).Category) | Select-Object -Unique | Should -Be 'Cmdlet'
    }

    It 'a new runspace is left alone' {
        $shell = [powershell]::Create().AddScript('(Get-Command Connect-AzAccount).CommandType')
        try { $shell.Invoke() | Should -Be Cmdlet } finally { $shell.Dispose() }
    }
}

Describe 'What was there before' {
    AfterEach {
        Import-Module $ModulePath -Global
        Disable-ArcAzCredential
        if (Test-Path Function:Connect-AzAccount) { Remove-Item Function:Connect-AzAccount -Force }
    }

    It 'comes back with <Name>: <Before>' -ForEach @(
        foreach ($name in 'Disable-ArcAzCredential', 'Remove-Module ArcToken') {
            @{ Name = $name; Before = 'nothing' }
            @{ Name = $name; Before = 'a function' }
            @{ Name = $name; Before = 'a read-only function' }
        }
    ) {
        if ($Before -ne 'nothing') {
            $options = if ($Before -like '*read-only*') { 'ReadOnly' } else { 'None' }
            Set-Item Function:global:Connect-AzAccount { 'mine' } -Options $options
        }

        # The caller is a module that has its own function of that name, and it enables the proxy twice.
        $other = New-Module { function Connect-AzAccount { 'the module''s own' }; function Enable-Inside { Enable-ArcAzCredential; Enable-ArcAzCredential; Connect-AzAccount }; Export-ModuleMember Enable-Inside }
        Enable-Inside | Should -Be 'the module''s own'
        (Get-Command Connect-AzAccount).Parameters.Keys | Should -Contain 'AccessTokenCredential'
        Remove-Module $other

        & ([scriptblock]::Create($Name))
        if ($Before -eq 'nothing') {
            (Get-Command Connect-AzAccount).CommandType | Should -Be Cmdlet
        }
        else {
            Connect-AzAccount | Should -Be 'mine'
            (Get-Command Connect-AzAccount).Options | Should -Be $options
        }
    }

    It 'does not come back over what somebody else has put there since' {
        Enable-ArcAzCredential
        Set-Item Function:global:Connect-AzAccount { 'another' }
        Disable-ArcAzCredential
        Connect-AzAccount | Should -Be 'another'
    }

    It 'is not touched under -WhatIf' {
        Enable-ArcAzCredential -WhatIf
        (Get-Command Connect-AzAccount).CommandType | Should -Be Cmdlet
        Enable-ArcAzCredential
        Disable-ArcAzCredential -WhatIf
        (Get-Command Connect-AzAccount).CommandType | Should -Be Function
    }
}

Describe 'Functions with the names of PowerShell''s own cmdlets' {
    It 'are not called, and get no credential' {
        $called = [Collections.Generic.List[string]]::new()
        $function = { $called.Add("$($MyInvocation.MyCommand.Name) $args") }.GetNewClosure()
        $names = 'Core\Get-Command', 'Management\Get-Item', 'Management\Set-Item', 'Management\Remove-Item' | ForEach-Object { "Microsoft.PowerShell.$_"; ($_ -split '\\')[1] }
        $set, $remove = 'Set-Item', 'Remove-Item' | ForEach-Object { Get-Command $_ -CommandType Cmdlet }
        $credential = Get-ArcToken @where -AsCredential
        $names | ForEach-Object { & $set "Function:global:$_" $function }
        try {
            Enable-ArcAzCredential
            $account = (Connect-AzAccount -AccessTokenCredential $credential @quiet).Context.Account.Id
            $other = (Connect-AzAccount -Identity -AccountId other @quiet).Context.Account.Id
            Disable-ArcAzCredential
        }
        finally {
            $names | ForEach-Object { & $remove "Function:$_" }
        }

        $called | Should -BeNullOrEmpty
        $account, $other | Should -Be $own.ClientId, 'other'
        Test-Path Function:Connect-AzAccount | Should -BeFalse
    }
}

Describe 'In Constrained Language Mode' {
    It 'the proxy can be made and used' {
        $result = Invoke-PowerShellObject -Environment @{ PSModulePath = "$TestLibraries/modules"; ARCTOKEN_TEST_ARM = $env:ARCTOKEN_TEST_ARM } -Script @"
            Import-Module '$ModulePath'
            `$where = @{ Endpoint = '$($agent.Endpoint)'; KeyDirectory = '$($agent.KeyDirectory)' }
            `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            Enable-ArcAzCredential
            `$quiet = @{ WarningAction = 'Ignore'; InformationAction = 'Ignore' }
            @(
                (Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @quiet).Context.Account.Id
                (Connect-AzAccount -Identity -AccountId other @quiet).Context.Account.Id
                (Connect-ArcAzAccount @where @quiet).Context.Account.Id
                (Get-ArcToken @where | Connect-ArcAzAccount @quiet).Context.Account.Id
            ) | ConvertTo-Json
"@
        $result | Should -Be $own.ClientId, 'other', $own.ClientId, $own.ClientId
    }
}

Describe 'Where Az.Accounts is missing' {
    It 'Enable-ArcAzCredential says how to install it' {
        $before = $env:PSModulePath
        Remove-Module Az.Accounts
        $env:PSModulePath = Split-Path $ModulePath
        try {
            (Get-OneError { Enable-ArcAzCredential }).FullyQualifiedErrorId | Should -Be 'AzAccountsNotFound,ArcToken.Commands.EnableArcAzCredentialCommand'
        }
        finally {
            $env:PSModulePath = $before
            Import-Module Az.Accounts -Global
        }
    }
}
