# Get-ArcToken: its output is the token that the agent issued, and its parameters reach the agent.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where

    # Returns a parameter of the last request to the agent.
    function Get-LastParameter([string]$Name) {
        [Web.HttpUtility]::ParseQueryString(@(Get-AgentRequest $agent)[-1].query).Get($Name)
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Get-ArcToken' {
    AfterEach {
        Reset-Emulator $agent
    }

    Context 'The token' {
        It 'is byte for byte the one that the agent issued' {
            $token = Get-ArcToken @where
            $issued = @((Get-Issued $agent).tokens)
            $issued.Count | Should -Be 1
            Get-PlainText $token.Token | Should -BeExactly $issued[0]
        }

        It 'is a string, and alone, with -AsPlainText' {
            $output = @(Get-ArcToken @where -AsPlainText)
            $output.Count | Should -Be 1
            $output[0] | Should -BeOfType ([string])
            $output[0] | Should -BeExactly @((Get-Issued $agent).tokens)[0]
        }

        It 'is an object with -AsPlainText:$false' {
            Get-ArcToken @where -AsPlainText:$false | Should -BeOfType ([ArcToken.AccessToken])
        }

        It 'is for Azure Resource Manager unless a resource is given' {
            (Get-ArcToken @where).Resource | Should -Be 'https://management.azure.com/'
            Get-LastParameter 'resource' | Should -BeExactly 'https://management.azure.com/'
        }

        It 'is a token too when it is no JWT' {
            Set-Fault $agent 'token-opaque'
            $token = Get-ArcToken @where
            Get-PlainText $token.Token | Should -BeLike 'opaque-*'
            $token.ClientId | Should -BeNullOrEmpty
            $token.UserId | Should -Be 'MSI@50342'
        }

        It 'is refused with advice when it is too long for a SecureString, and had with -AsPlainText' {
            Set-Fault $agent 'token-512-kib'
            $problem = Get-OneError { Get-ArcToken @where }
            $problem.FullyQualifiedErrorId | Should -Be 'BadResponse,ArcToken.Commands.GetArcTokenCommand'
            $problem.ErrorDetails.RecommendedAction | Should -BeLike '*-AsPlainText*'
            (Get-ArcToken @where -AsPlainText).Length | Should -Be (512 * 1024)
        }
    }

    Context 'The output object' {
        BeforeAll {
            $token = Get-ArcToken @where https://vault.azure.net
            $payload = (Get-PlainText $token.Token).Split('.')[1].Replace('-', '+').Replace('_', '/')
            $payload += '=' * ((4 - $payload.Length % 4) % 4)
            $claims = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($payload)) | ConvertFrom-Json
        }

        It 'has the properties of Get-AzAccessToken''s output first, in their order' {
            @($token.psobject.Properties.Name)[0..4] | Should -Be 'Token', 'ExpiresOn', 'TenantId', 'UserId', 'Type'
            $token.Token | Should -BeOfType ([securestring])
            $token.ExpiresOn | Should -BeOfType ([DateTimeOffset])
            $token.Type | Should -Be 'Bearer'
        }

        It 'says what the token says' {
            $token.TenantId | Should -Be $claims.tid
            $token.ClientId | Should -Be $claims.appid
            $token.UserId | Should -Be $claims.appid
            $token.ObjectId | Should -Be $claims.oid
            $token.MachineResourceId | Should -Be $claims.xms_mirid
            $token.SubscriptionId | Should -Be $claims.xms_mirid.Split('/')[2]
            $token.ExpiresOn.ToUnixTimeSeconds() | Should -Be $claims.exp
            $token.Resource | Should -Be 'https://vault.azure.net'
        }

        It 'cannot be changed' {
            foreach ($property in $token.psobject.Properties) {
                $property.IsSettable | Should -BeFalse -Because "$($property.Name) is what the agent said"
            }
            $token.Token.IsReadOnly() | Should -BeTrue
        }

        It 'is shown as a table without the token' {
            $text = $token | Out-String -Width 200
            $text | Should -Match 'Resource\s+ExpiresOn\s+ExpiresIn'
            $text | Should -BeLike "*https://vault.azure.net*$($token.ExpiresOn.UtcDateTime.ToString('yyyy-MM-dd HH:mm:ss'))Z *23 h 59 min*"
            $text | Should -Not -Match 'SecureString'
        }

        It 'becomes a fixed text that names resource and expiry' {
            "$token" | Should -Be "ArcToken.AccessToken(https://vault.azure.net, expires $($token.ExpiresOn.UtcDateTime.ToString('yyyy-MM-dd HH:mm:ss'))Z)"
        }

        It 'takes its token with it when it is disposed' {
            $other = Get-ArcToken @where
            $secret = $other.Token
            $other.Dispose()
            $other.Dispose()
            { $secret.Copy() } | Should -Throw
            { Get-PlainText $secret } | Should -Throw
        }

        It 'is what Invoke-RestMethod wants' {
            # Any server that records its requests can be used here. The emulator refuses the path, but it reads the header.
            $null = Invoke-RestMethod "$($agent.Endpoint)?x" -Authentication Bearer -Token $token.Token -AllowUnencryptedAuthentication -SkipHttpErrorCheck
            @(Get-AgentRequest $agent)[-1].headers.ForEach({ $_[0] }) | Should -Contain 'authorization'
        }
    }

    Context 'Resources' {
        It 'come by position, several at once' {
            (Get-ArcToken https://a.example, https://b.example @where).Resource | Should -Be 'https://a.example', 'https://b.example'
        }

        It 'come from the pipeline as strings' {
            ('https://a.example', 'https://b.example' | Get-ArcToken @where).Resource | Should -Be 'https://a.example', 'https://b.example'
        }

        It 'come from the pipeline as property <_>' -ForEach 'Resource', 'ResourceUrl', 'ResourceUri' {
            ([pscustomobject]@{ $_ = 'https://a.example' } | Get-ArcToken @where).Resource | Should -Be 'https://a.example'
        }

        It 'come from tokens that were had before' {
            $old = Get-ArcToken https://a.example @where
            Reset-Emulator $agent
            ($old | Get-ArcToken @where).Resource | Should -Be 'https://a.example'
            Get-LastParameter 'resource' | Should -Be 'https://a.example'
        }

        It 'are sent exactly as given: <_>' -ForEach 'https://vault.azure.net', 'https://vault.azure.net/', 'api://x y&z=%41', '499b84ac-1321-427f-aa17-267ca6975798' {
            (Get-ArcToken $_ @where).Resource | Should -BeExactly $_
            Get-LastParameter 'resource' | Should -BeExactly $_
        }

        It 'are sent as written when they are a [uri], which as a string would end with a slash' {
            $null = Get-ArcToken ([uri]'https://vault.azure.net') @where
            Get-LastParameter resource | Should -BeExactly 'https://vault.azure.net'
            (Get-ArcToken ([uri]'https://a.example'), 'https://b.example/' @where).Resource |
                Should -Be 'https://a.example', 'https://b.example/'
            ([uri]'https://c.example', [uri]'https://d.example/' | Get-ArcToken @where).Resource |
                Should -Be 'https://c.example', 'https://d.example/'
        }

        It 'lose a /.default at the end, and nothing else' {
            $null = Get-ArcToken https://vault.azure.net/.default @where
            Get-LastParameter 'resource' | Should -BeExactly 'https://vault.azure.net'
        }

        It 'are asked for as they come, so that the first token is used before the second is asked for' {
            $seen = 'https://a.example', 'https://b.example' | Get-ArcToken @where | ForEach-Object { @((Get-Issued $agent).tokens).Count }
            $seen | Should -Be 1, 2
        }

        It 'that come by the pipeline stop when no more are wanted' {
            ('https://a.example', 'https://b.example' | Get-ArcToken @where | Select-Object -First 1).Resource | Should -Be 'https://a.example'
            @((Get-Issued $agent).tokens).Count | Should -Be 1
        }

        It 'give nothing when there are none' {
            Get-ArcToken -Resource @() @where | Should -BeNullOrEmpty
            @() | Get-ArcToken @where | Should -BeNullOrEmpty
            @(Get-AgentRequest $agent) | Should -BeNullOrEmpty
        }
    }

    Context 'One of the machine''s identities' {
        It 'is chosen with -<Parameter>, and the token is that identity''s' -ForEach @(
            @{ Parameter = 'ClientId'; Query = 'client_id'; Id = '11111111-aaaa-4000-8000-000000000001' }
            @{ Parameter = 'ObjectId'; Query = 'object_id'; Id = '11111111-bbbb-4000-8000-000000000002' }
            @{ Parameter = 'IdentityResourceId'; Query = 'msi_res_id'; Id = '/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i' }
        ) {
            $other = Start-Emulator '--user-assigned', '11111111-aaaa-4000-8000-000000000001,11111111-bbbb-4000-8000-000000000002,/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i'
            try {
                $place = $other.Where
                $identity = @{ $Parameter = $Id }
                (Get-ArcToken @place @identity).ClientId | Should -Be '11111111-aaaa-4000-8000-000000000001'
                [Web.HttpUtility]::ParseQueryString(@(Get-AgentRequest $other)[-1].query).Get($Query) | Should -BeExactly $Id
            }
            finally {
                Stop-Emulator $other
            }
        }
    }

    Context 'A token that was had before' {
        It 'is given again without asking the agent' {
            $first = Get-ArcToken @where
            $asked = @(Get-AgentRequest $agent).Count
            Get-PlainText (Get-ArcToken @where).Token | Should -BeExactly (Get-PlainText $first.Token)
            @(Get-AgentRequest $agent).Count | Should -Be $asked
        }

        It 'outlives the disposal of the object it came in' {
            (Get-ArcToken @where).Dispose()
            Get-PlainText (Get-ArcToken @where).Token | Should -BeExactly @((Get-Issued $agent).tokens)[0]
        }

        It 'is passed by with -ForceRefresh, here and in the agent' {
            $first = Get-ArcToken @where
            $second = Get-ArcToken @where -ForceRefresh
            Get-LastParameter 'bypass_cache' | Should -Be 'true'
            Get-PlainText $second.Token | Should -BeExactly @((Get-Issued $agent).tokens)[-1]
            Get-PlainText $second.Token | Should -Not -BeExactly (Get-PlainText $first.Token)
        }

        It 'is forgotten with Clear-ArcTokenCache' {
            $null = Get-ArcToken @where
            $asked = @(Get-AgentRequest $agent).Count
            Clear-ArcTokenCache | Should -BeNullOrEmpty
            $null = Get-ArcToken @where
            @(Get-AgentRequest $agent).Count | Should -BeGreaterThan $asked
        }
    }

    Context 'The agent' {
        It 'is told who asks, and in which version of its protocol' {
            $null = Get-ArcToken @where
            $request = @(Get-AgentRequest $agent)[-1]
            $request.client_id | Should -Be "ArcToken/$((Get-Module ArcToken).Version)"
            Get-LastParameter 'api-version' | Should -Be '2020-06-01'
        }

        It 'is asked in another version with -ApiVersion' {
            $null = Get-ArcToken @where -ApiVersion 2019-11-01
            Get-LastParameter 'api-version' | Should -Be '2019-11-01'
        }

        It 'may have its key directory named as PowerShell names it: <_>' -ForEach 'relative', 'drive' {
            $folder = $agent.KeyDirectory
            Push-Location (Split-Path $folder)
            $null = New-PSDrive -Name ArcKeys -PSProvider FileSystem -Root $folder -Scope Local
            try {
                $name = if ($_ -eq 'drive') { 'ArcKeys:/' } else { "./$(Split-Path -Leaf $folder)" }
                Get-ArcToken -Endpoint $agent.Endpoint -KeyDirectory $name | Should -BeOfType ([ArcToken.AccessToken])
            }
            finally {
                Remove-PSDrive ArcKeys
                Pop-Location
            }
        }
    }
}
