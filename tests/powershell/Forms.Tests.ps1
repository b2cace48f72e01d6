# The forms in which Get-ArcToken gives a token.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $issued = @{ Token = Get-ArcToken @where -AsPlainText }
    @((Get-Issued $agent).tokens) | Should -BeExactly $issued.Token
    $account = (Get-ArcToken @where).ClientId
    $tenant = (Get-ArcToken @where).TenantId
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Get-ArcToken' {
    It 'gives a SecureString with -AsSecureString' {
        $token = Get-ArcToken @where -AsSecureString
        $token | Should -BeOfType securestring
        Get-PlainText $token | Should -BeExactly $issued.Token
    }

    It 'gives a credential of account and token with -AsCredential' {
        $credential = Get-ArcToken @where -AsCredential
        $credential | Should -BeOfType pscredential
        $credential.UserName | Should -BeExactly $account
        $credential.GetNetworkCredential().Password | Should -BeExactly $issued.Token
    }

    It 'gives the header with -AsHeader' {
        $header = Get-ArcToken @where -AsHeader
        $header | Should -BeOfType hashtable
        @($header.Keys) | Should -Be 'Authorization'
        $header.Authorization | Should -BeExactly "Bearer $($issued.Token)"
    }

    It 'gives parameters for Connect-AzAccount with <Name>' -ForEach @(
        @{ Name = '-AsAzAccountParameters'; Get = { Get-ArcToken @where -AsAzAccountParameters } }
        @{ Name = 'ToAzAccountParameters()'; Get = { (Get-ArcToken @where).ToAzAccountParameters() } }
    ) {
        $parameters = & $Get
        $parameters | Should -BeOfType hashtable
        @($parameters.Keys) | Sort-Object | Should -Be 'AccessToken', 'AccountId', 'Scope', 'Tenant'
        $parameters.AccessToken | Should -BeExactly $issued.Token
        $parameters.AccountId | Should -BeExactly $account
        $parameters.Tenant | Should -BeExactly $tenant
        $parameters.Scope | Should -Be 'Process'
    }

    It 'gives no such parameters for another service' {
        $problem = Get-OneError { Get-ArcToken https://vault.azure.net -AsAzAccountParameters @where }
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
        { (Get-ArcToken https://vault.azure.net @where).ToAzAccountParameters() } | Should -Throw '*not for Azure Resource Manager*'
    }

    It 'gives the token object with -<_>:$false' -ForEach 'AsPlainText', 'AsSecureString', 'AsCredential', 'AsHeader', 'AsAzAccountParameters' {
        $off = @{ $_ = $false }
        Get-ArcToken @where @off | Should -BeOfType ([ArcToken.AccessToken])
    }

    It 'gives one form at a time' {
        { Get-ArcToken @where -AsHeader -AsCredential } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'gives each resource in the form asked for' {
        @(Get-ArcToken https://a.example, https://b.example @where -AsCredential).Count | Should -Be 2
    }
}

Describe 'A token object' {
    It 'is the very SecureString that it holds, where one is wanted' {
        function Get-Given([securestring]$Secret) { $Secret }
        $token = Get-ArcToken @where
        [object]::ReferenceEquals((Get-Given $token), $token.Token) | Should -BeTrue
        [object]::ReferenceEquals([securestring]$token, $token.Token) | Should -BeTrue
    }

    It 'gives nothing any more when it was disposed' {
        $token = Get-ArcToken @where
        $token.Dispose()
        { $token.ToAzAccountParameters() } | Should -Throw '*was disposed*'
    }
}
