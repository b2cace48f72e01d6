# The errors of Get-ArcToken: id, category, target, message and advice.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'An error of Get-ArcToken' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'is <Id> when <When>' -ForEach @(
        @{ When = 'the resource is empty'; Resource = ''; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*https://vault.azure.net*' }
        @{ When = 'the resource is null'; Resource = $null; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*https://vault.azure.net*' }
        @{ When = 'the resource is blank'; Resource = '  '; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*https://vault.azure.net*' }
        @{ When = 'the resource has a control character'; Resource = "https://a`r`nX: y"; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*https://vault.azure.net*' }
        @{ When = 'the resource is an Azure resource id'; Resource = '/subscriptions/s/resourceGroups/r'; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*-IdentityResourceId*' }
        @{ When = 'two identities are named'; With = @{ ClientId = 'a'; ObjectId = 'b' }; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*one id*' }
        @{ When = 'the API version cannot be one'; With = @{ ApiVersion = '?' }; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*2020-06-01*' }
        @{ When = 'a key directory comes without an endpoint'; Without = 'Endpoint'; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*endpoint*' }
        @{ When = 'the key directory is not in the file system'; With = @{ KeyDirectory = 'Env:/x' }; Id = 'InvalidArgument'; Category = 'InvalidArgument'; Advice = '*directory*' }
        @{ When = 'the endpoint is another machine'; With = @{ Endpoint = 'http://192.0.2.1/x' }; Id = 'EndpointRefused'; Category = 'SecurityError'; Advice = '*127.0.0.1*' }
        @{ When = 'the endpoint is no URL'; With = @{ Endpoint = 'agent' }; Id = 'EndpointRefused'; Category = 'SecurityError'; Advice = '*127.0.0.1*' }
        @{ When = 'the endpoint is empty'; With = @{ Endpoint = '' }; Id = 'EndpointRefused'; Category = 'SecurityError'; Advice = '*127.0.0.1*' }
        @{ When = 'nobody listens'; With = @{ Endpoint = 'http://127.0.0.1:1' }; Id = 'AgentNotRunning'; Category = 'ConnectionError'; Advice = '*azcmagent show*'; Reason = 'refused', 'isolated' }
        @{ When = 'a proxy answers'; Fault = 'html-200-before-challenge'; Id = 'ForeignAnswer'; Category = 'SecurityError'; Advice = '*port*' }
        @{ When = 'the challenge is another'; Fault = 'challenge-bearer'; Id = 'BadChallenge'; Category = 'ProtocolError'; Advice = '*Update*' }
        @{ When = 'the key file lies elsewhere'; Fault = 'key-path-outside'; Id = 'KeyFileRefused'; Category = 'SecurityError'; Advice = '*key was not sent*'; Reason = 'path' }
        @{ When = 'the key file is empty'; Fault = 'key-empty'; Id = 'KeyFileRefused'; Category = 'SecurityError'; Advice = '*key was not sent*'; Reason = 'content' }
        @{ When = 'no key is good enough'; Fault = '401-after-challenge'; Id = 'KeyRejected'; Category = 'AuthenticationError'; Advice = '*Restart*' }
        @{ When = 'there is no such identity'; With = @{ ClientId = '99999999-9999-4000-8000-000000000000' }; Id = 'IdentityNotFound'; Category = 'ObjectNotFound'; Advice = '*assigned*'; HttpStatus = 404 }
        @{ When = 'the agent gives another identity'; With = @{ ClientId = '0a11ce00-c11e-4000-8000-000000000005' }; Fault = 'selector-ignored'; Id = 'SelectorNotHonoured'; Category = 'InvalidResult'; Advice = '*1.66*' }
        @{ When = 'the agent says no'; Fault = '400-before-challenge'; Id = 'AgentError'; Category = 'InvalidOperation'; Advice = '*azcmagent*'; HttpStatus = 400 }
        @{ When = 'the answer is no token'; Fault = 'json-other-object'; Id = 'BadResponse'; Category = 'InvalidData'; Advice = '*update*' }
        @{ When = 'the token has expired'; Fault = 'expires-on-past'; Id = 'BadResponse'; Category = 'InvalidData'; Advice = '?*' }
    ) {
        if ($_['Fault']) { Set-Fault $agent $Fault }
        $arguments = $where.Clone()
        if ($_.ContainsKey('Resource')) { $arguments.Resource = $Resource }
        if ($_['With']) { $With.Keys.ForEach({ $arguments[$_] = $With[$_] }) }
        if ($_['Without']) { $arguments.Remove($Without) }

        $problem = Get-OneError { Get-ArcToken @arguments }

        $problem.FullyQualifiedErrorId | Should -BeExactly "$Id,ArcToken.Commands.GetArcTokenCommand"
        $problem.CategoryInfo.Category | Should -Be $Category
        $problem.Exception | Should -BeOfType ([ArcToken.ArcTokenException])
        $problem.Exception.Status | Should -Be $Id
        $problem.Exception.Advice | Should -BeLike $Advice
        $problem.ErrorDetails.RecommendedAction | Should -BeExactly $problem.Exception.Advice
        $problem.Exception.Message | Should -BeExactly "$($Id): $($problem.Exception.Problem) $($problem.Exception.Advice)"
        $problem.TargetObject | Should -BeExactly ($_.ContainsKey('Resource') ? [string]$Resource : 'https://management.azure.com/')
        # Of several, the machine decides: in a container, nobody listening has another reason.
        if ($_['Reason']) { $problem.Exception.Reason | Should -BeIn $Reason } else { $problem.Exception.Reason | Should -BeNullOrEmpty }
        if ($_['HttpStatus']) {
            $problem.Exception.HttpStatus | Should -Be $HttpStatus
            $problem.Exception.AgentCode | Should -Not -BeNullOrEmpty
            $problem.Exception.AgentDescription | Should -Not -BeNullOrEmpty
        }
    }

    It 'is of one resource only: the others get their token' {
        $errors = $null
        $tokens = Get-ArcToken https://a.example, '', $null, https://b.example @where -ErrorAction SilentlyContinue -ErrorVariable errors
        $tokens.Resource | Should -Be 'https://a.example', 'https://b.example'
        @($errors).Count | Should -Be 2
        $errors.CategoryInfo.Category | Should -Be 'InvalidArgument', 'InvalidArgument'
    }

    It 'is of one resource only when they come from the pipeline' {
        $errors = $null
        $tokens = 'https://a.example', $null, '', 'https://b.example' | Get-ArcToken @where -ErrorAction SilentlyContinue -ErrorVariable errors
        $tokens.Resource | Should -Be 'https://a.example', 'https://b.example'
        @($errors).Count | Should -Be 2
    }

    It 'can be caught by its type' {
        $status = try { Get-ArcToken '' @where -ErrorAction Stop } catch [ArcToken.ArcTokenException] { $_.Exception.Status }
        $status | Should -Be 'InvalidArgument'
    }

    It 'names the endpoint and what named it' {
        Set-Fault $agent '400-before-challenge'
        (Get-OneError { Get-ArcToken @where }).Exception.Problem | Should -BeLike "*$($agent.Endpoint), given by the caller*"
    }

    It 'shows problem and advice once each in the <_>' -ForEach 'ConciseView', 'NormalView' {
        $ErrorView = $_
        $PSStyle.OutputRendering = 'PlainText'
        $problem = Get-OneError { Get-ArcToken '' @where }
        $text = $problem | Out-String -Width 1000
        [regex]::Matches($text, [regex]::Escape("InvalidArgument: $($problem.Exception.Problem)")).Count | Should -Be 1
        [regex]::Matches($text, [regex]::Escape($problem.Exception.Advice)).Count | Should -Be 1
    }

    It 'is a parameter''s own when an option is empty: -<_>' -ForEach 'ClientId', 'ObjectId', 'IdentityResourceId', 'KeyDirectory', 'ApiVersion' {
        $arguments = @{ $_ = '' }
        { Get-ArcToken @arguments } | Should -Throw -ErrorId 'ParameterArgumentValidationError,ArcToken.Commands.GetArcTokenCommand'
    }

    It 'is a parameter''s own when the time is not at least a second' {
        { Get-ArcToken @where -TimeoutSec 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,ArcToken.Commands.GetArcTokenCommand'
    }
}

Describe 'Where the agent is' {
    # These variables must be there when the process starts: .NET does not pass later changes on to native code.
    BeforeAll {
        $agentInstalled = (Test-Path /opt/azcmagent/bin/himds) -or (Test-Path "$env:ProgramFiles/AzureConnectedMachineAgent/himds.exe")
        $script = "Import-Module '$ModulePath'; Get-ArcToken -TimeoutSec 5 -ErrorAction SilentlyContinue
            `$Error[0] | Select-Object FullyQualifiedErrorId, { `$_.Exception.Message } | ConvertTo-Json"
    }

    It 'is nowhere on a machine that is not Arc-enabled' {
        if ($agentInstalled) { Set-ItResult -Skipped -Because 'an Azure Arc agent is installed on this machine' }
        $result = Invoke-PowerShellObject $script @{ IDENTITY_ENDPOINT = $null; IMDS_ENDPOINT = $null }
        $result.FullyQualifiedErrorId | Should -Be 'AgentNotInstalled,ArcToken.Commands.GetArcTokenCommand'
    }

    It 'is where IDENTITY_ENDPOINT says when IMDS_ENDPOINT is set too' {
        $result = Invoke-PowerShellObject $script @{ IDENTITY_ENDPOINT = 'http://192.0.2.1/x'; IMDS_ENDPOINT = 'http://localhost:40342' }
        $result.FullyQualifiedErrorId | Should -Be 'EndpointRefused,ArcToken.Commands.GetArcTokenCommand'
        $result.' $_.Exception.Message ' | Should -BeLike '*192.0.2.1*'
    }
}
