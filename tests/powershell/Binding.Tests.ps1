# What Get-ArcToken takes from the pipeline, and which parameters give way to others.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where

    # The resources that the agent was asked for.
    function Get-AskedResource {
        @(Get-AgentRequest $agent).Where({ $_.keyed }).ForEach({ [Web.HttpUtility]::ParseQueryString($_.query).Get('resource') })
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'The pipeline of Get-ArcToken' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'takes no <What>, and asks nobody' -ForEach @(
        @{ What = 'object without a resource'; Value = [pscustomobject]@{ Name = 'KeyVault' } }
        @{ What = 'hashtable'; Value = @{ Resource = 'https://a.example' } }
        @{ What = 'number'; Value = 1 }
        @{ What = 'folder'; Value = [IO.DirectoryInfo]'/' }
    ) {
        $problem = Get-OneError { $Value | Get-ArcToken @where }
        $problem.FullyQualifiedErrorId | Should -Be 'InputObjectNotBound,ArcToken.Commands.GetArcTokenCommand'
        Get-AskedResource | Should -BeNullOrEmpty
    }

    It 'goes on after what it does not take' {
        $tokens = 'https://a.example', 1, ([uri]'https://b.example') | Get-ArcToken @where -ErrorAction SilentlyContinue
        $tokens.Resource | Should -Be 'https://a.example', 'https://b.example'
    }

    It 'takes a table of services' {
        $tokens = 'ResourceTypeName,Owner', 'KeyVault,me', 'Storage,you' | ConvertFrom-Csv | Get-ArcToken @where
        $tokens.Resource | Should -Be 'https://vault.azure.net', 'https://storage.azure.com/'
    }

    It 'takes a table in which each row has a service or a resource' {
        $tokens = 'ResourceTypeName,Resource', 'KeyVault,', ',https://a.example' | ConvertFrom-Csv | Get-ArcToken @where
        $tokens.Resource | Should -Be 'https://vault.azure.net', 'https://a.example'
    }

    It 'takes a token for its resource, and never for its identity' {
        $token = Get-ArcToken https://a.example @where
        $token | Get-ArcToken @where -ForceRefresh | Out-Null
        Get-AskedResource | Should -Be 'https://a.example', 'https://a.example'
        @(Get-AgentRequest $agent).query | Should -Not -Match 'client_id'
    }
}

Describe 'A resource that is typed' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'is a text or a URI: <Type> is refused, and not shown' -ForEach @{ Value = 4711; Type = 'Int32' }, @{ Value = @{ secret = 4711 }; Type = 'Hashtable' } {
        $problem = try { Get-ArcToken -Resource $Value @where } catch { $_ }
        $problem.Exception.Message | Should -BeLike "*text or a URI*$Type*"
        $problem.Exception.Message | Should -Not -Match '4711'
        $problem = try { Test-ArcAgent -Resource $Value @where } catch { $_ }
        $problem.Exception.Message | Should -BeLike "*text or a URI*$Type*"
    }

    It 'is no service''s name: <_>' -ForEach 'KeyVault', 'vault', 'msgraph' {
        $name = $_
        $problem = Get-OneError { Get-ArcToken $name @where }
        $problem.FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        $problem.Exception.Advice | Should -BeLike '*https://*-ResourceTypeName*'
        Get-AskedResource | Should -BeNullOrEmpty
    }
}

Describe 'Beside -Resource' {
    AfterEach {
        Reset-Emulator $agent
    }

    BeforeAll {
        # The warnings and steps of a call, and its resources.
        function Get-Call([hashtable]$Defaults, [scriptblock]$Call) {
            $PSDefaultParameterValues = $Defaults
            $output = @(& $Call 3>&1 4>&1)
            @{
                Warnings = @($output.Where({ $_ -is [Management.Automation.WarningRecord] }).ForEach({ $_.Message }))
                Steps    = @($output.Where({ $_ -is [Management.Automation.VerboseRecord] }).ForEach({ $_.Message })) -join "`n"
                Tokens   = @($output.Where({ $_ -is [ArcToken.AccessToken] }).ForEach({ $_.Resource }))
            }
        }
    }

    It 'the session''s <Name> is ignored, which -Verbose says' -ForEach @{ Name = 'Environment'; Value = 'AzureChinaCloud' }, @{ Name = 'ResourceTypeName'; Value = 'KeyVault' } {
        $call = Get-Call @{ "*-Arc*:$Name" = $Value } { Get-ArcToken https://a.example @where -Verbose }
        $call.Tokens | Should -Be 'https://a.example'
        $call.Warnings | Should -BeNullOrEmpty
        $call.Steps | Should -BeLike "*-$Name of `$PSDefaultParameterValues is ignored*"
        (Get-Call @{ "*-Arc*:$Name" = $Value } { 'https://b.example' | Get-ArcToken @where }).Tokens | Should -Be 'https://b.example'
    }

    It 'the session''s resource gives way to a typed -ResourceTypeName' {
        $call = Get-Call @{ 'Get-ArcToken:Resource' = 'https://a.example' } { Get-ArcToken -ResourceTypeName KeyVault @where }
        $call.Tokens | Should -Be 'https://vault.azure.net'
    }

    It 'the session''s -Environment counts for names' {
        $call = Get-Call @{ 'Get-ArcToken:Environment' = 'AzureChinaCloud' } { Get-ArcToken -ResourceTypeName KeyVault @where; Get-ArcToken @where }
        $call.Tokens | Should -Be 'https://vault.azure.cn', 'https://management.core.chinacloudapi.cn/'
    }

    It 'a typed -Environment is ignored with one warning' {
        $call = Get-Call @{} { 'https://a.example', 'https://b.example' | Get-ArcToken -Environment AzureChinaCloud @where }
        $call.Tokens | Should -Be 'https://a.example', 'https://b.example'
        $call.Warnings.Count | Should -Be 1
        $call.Warnings[0] | Should -BeLike '*-Environment AzureChinaCloud is ignored*-ResourceTypeName*'
    }

    It 'Test-ArcAgent does the same' {
        $warnings = $null
        $rows = Test-ArcAgent https://a.example -Environment AzureChinaCloud @where -WarningVariable warnings -WarningAction SilentlyContinue
        ($rows | Where-Object Name -EQ Token).Detail | Should -BeLike '*https://a.example*'
        $warnings | Should -BeLike '*-Environment AzureChinaCloud is ignored*'
    }
}
