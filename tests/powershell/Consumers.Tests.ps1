# Real consumers accept the token and use it: the web cmdlets, SqlClient, and a client of the Azure SDK.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $service = Start-LoopbackService $agent
    $url = "$($service.Uri)anything"
    $http = @{ AllowUnencryptedAuthentication = $true }
}

AfterAll {
    $service.Dispose()
    Stop-Emulator $agent
}

Describe 'The service of these tests' {
    It 'refuses a token that the agent did not issue' {
        { Invoke-RestMethod $url -Headers @{ Authorization = "Bearer $(Get-ArcToken @where -AsPlainText)x" } } | Should -Throw '*401*'
        $service.Requests[-1].Accepted | Should -BeFalse
    }
}

Describe '<_>' -ForEach 'Invoke-RestMethod', 'Invoke-WebRequest' {
    AfterEach {
        $service.Requests[-1].Bearer | Should -BeExactly @((Get-Issued $agent).tokens)[-1]
        $service.Requests[-1].Accepted | Should -BeTrue
    }

    It 'takes the object for its -Token' {
        & $_ $url -Authentication Bearer -Token (Get-ArcToken -ResourceTypeName KeyVault @where -ForceRefresh) @http | Should -BeLike '*the answer*'
    }

    It 'takes the object''s property Token' {
        & $_ $url -Authentication Bearer -Token (Get-ArcToken @where -ForceRefresh).Token @http | Should -BeLike '*the answer*'
    }

    It 'takes a SecureString' {
        & $_ $url -Authentication Bearer -Token (Get-ArcToken @where -ForceRefresh -AsSecureString) @http | Should -BeLike '*the answer*'
    }

    It 'takes the header' {
        & $_ $url -Headers (Get-ArcToken @where -ForceRefresh -AsHeader) | Should -BeLike '*the answer*'
    }
}

Describe 'In Constrained Language Mode' {
    BeforeAll {
        $prologue = @"
            Import-Module '$ModulePath'
            `$where = @{ Endpoint = '$($agent.Endpoint)'; KeyDirectory = '$($agent.KeyDirectory)' }
            `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
"@
    }

    It 'the object is still a SecureString where one is wanted' {
        $result = Invoke-PowerShellObject "$prologue
            @{
                Mode   = [string]`$ExecutionContext.SessionState.LanguageMode
                Answer = Invoke-RestMethod '$url' -Authentication Bearer -AllowUnencryptedAuthentication -Token (Get-ArcToken @where)
            } | ConvertTo-Json"
        $result.Mode | Should -Be 'ConstrainedLanguage'
        $result.Answer.value | Should -Be 'the answer'
        $service.Requests[-1].Accepted | Should -BeTrue
    }

    It 'every form can be had' {
        $types = Invoke-PowerShellObject "$prologue
            @(
                Get-ArcToken @where -AsPlainText | ForEach-Object { `$_.Length -gt 100 }
                (Get-ArcToken @where -AsHeader).Authorization -like 'Bearer ey*'
                (Get-ArcToken @where -AsCredential).UserName
                (Get-ArcToken @where -AsAzAccountParameters).Scope
                (Get-ArcToken @where -AsSecureString).Length -gt 100
            ) | ConvertTo-Json"
        $types | Should -Be $true, $true, (Get-ArcToken @where).ClientId, 'Process', $true
    }
}

Describe 'Microsoft.Data.SqlClient' {
    It 'takes the token as its AccessToken' {
        Add-Type -Path "$TestLibraries/consumers/Microsoft.Data.SqlClient.dll"
        $connection = [Microsoft.Data.SqlClient.SqlConnection]::new('Server=server.example;Database=d;Encrypt=True')
        try {
            $connection.AccessToken = Get-ArcToken -ResourceTypeName Sql @where -AsPlainText
            $connection.AccessToken | Should -BeExactly @((Get-Issued $agent).tokens)[-1]
            Get-Audience $connection.AccessToken | Should -BeExactly 'https://database.windows.net/'
        }
        finally {
            $connection.Dispose()
        }
    }
}

Describe 'A client of the Azure SDK' {
    BeforeAll {
        # This client sends tokens over TLS only, so the service has a certificate that the client trusts.
        $azure = Start-LoopbackService $agent -Tls
        Add-Type -Path "$TestLibraries/consumers/Azure.Core.dll", "$TestLibraries/consumers/Azure.ResourceManager.dll"
        $options = [Azure.ResourceManager.ArmClientOptions]::new()
        $options.Environment = [Azure.ResourceManager.ArmEnvironment]::new($azure.Uri, 'https://management.azure.com/')
        $options.Transport = [Azure.Core.Pipeline.HttpClientTransport]::new([Net.Http.HttpMessageHandler]$azure.CreateHandler())
        $options.Retry.MaxRetries = 0
    }

    AfterAll {
        $azure.Dispose()
    }

    It 'asks Azure Resource Manager with a static credential made from the object' {
        $token = Get-ArcToken @where
        $credential = [Azure.Core.DelegatedTokenCredential]::Create({ [Azure.Core.AccessToken]::new([Net.NetworkCredential]::new('', $token.Token).Password, $token.ExpiresOn) })
        $client = [Azure.ResourceManager.ArmClient]::new($credential, [Consumers.LoopbackService]::Subscription, $options)
        @($client.GetSubscriptions()).Data.SubscriptionId | Should -Be ([Consumers.LoopbackService]::Subscription)
        $azure.Requests[-1].Path | Should -BeLike '/subscriptions*'
        $azure.Requests[-1].Bearer | Should -BeExactly (Get-PlainText $token.Token)
        $azure.Requests[-1].Accepted | Should -BeTrue
    }
}
