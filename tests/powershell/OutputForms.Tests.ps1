# The output forms of Get-ArcToken: token object, string, SecureString, credential, header, parameters for Az.

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

    It 'gives a SecureString that has a copy of itself as Token, as what Az gives' {
        $secret = Get-ArcToken @where -AsSecureString
        $secret.Token | Should -BeOfType securestring
        Get-PlainText $secret.Token | Should -BeExactly $issued.Token
        [object]::ReferenceEquals($secret.Token, $secret) | Should -BeFalse
        $secret | ConvertTo-Json -Depth 5 -Compress | Should -BeExactly "{`"Length`":$($secret.Length),`"Token`":{`"Length`":$($secret.Length)}}"
        $back = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($secret))
        Get-PlainText $back.Token | Should -BeExactly $issued.Token
        $secret.Dispose()
        $secret.Token | Should -BeNullOrEmpty
        $secret | ConvertTo-Json -Compress | Should -BeExactly '{"Length":null,"Token":null}'
    }

    It 'gives the token of its own tenant only' {
        (Get-ArcToken @where -TenantId $tenant.ToUpper()).TenantId | Should -BeExactly $tenant
        $problem = Get-OneError { Get-ArcToken @where -TenantId 11111111-1111-1111-1111-111111111111 -AsPlainText }
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
        $problem.Exception.Problem | Should -BeLike "*of the tenant $tenant, not of 11111111-*"
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
        { Get-ArcToken @where -AsHeader -AsCredential } | Should -Throw '*-AsCredential and -AsHeader exclude each other*' -ErrorId 'InvalidArgument,*'
    }

    It 'gives each resource in the form asked for' {
        @(Get-ArcToken https://a.example, https://b.example @where -AsCredential).Count | Should -Be 2
    }
}

Describe 'A token object' {
    It 'has its token as a SecureString, as Az''s has' {
        $token = Get-ArcToken @where
        $token.Token | Should -BeOfType securestring
        Get-PlainText ($token | Select-Object -ExpandProperty Token) | Should -BeExactly $issued.Token
        ($token | Get-Member Token).Definition | Should -BeLike '*SecureString Token*'
    }

    It 'is the very SecureString that it holds, where one is wanted' {
        function Get-Given([securestring]$Secret) { $Secret }
        $token = Get-ArcToken @where
        [object]::ReferenceEquals((Get-Given $token), $token.Token) | Should -BeTrue
        [object]::ReferenceEquals([securestring]$token, $token.Token) | Should -BeTrue
    }

    It 'is made of a JWT''s text' {
        $given, $made = (Get-ArcToken @where), [ArcToken.AccessToken]::new($issued.Token)
        Get-PlainText $made.Token | Should -BeExactly $issued.Token
        foreach ($name in 'ExpiresOn', 'TenantId', 'UserId', 'Resource', 'ClientId', 'ObjectId', 'MachineResourceId', 'SubscriptionId') {
            $made.$name | Should -Be $given.$name -Because $name
        }
        foreach ($text in 'not a JWT', 'e30.e30.x', '') {
            { [ArcToken.AccessToken]::new($text) } | Should -Throw '*no JWT with the claims aud and exp*'
        }
    }

    It 'gives nothing any more when it was disposed' {
        $token = Get-ArcToken @where
        $token.Dispose()
        { $token.ToAzAccountParameters() } | Should -Throw '*was disposed*'
    }
}
