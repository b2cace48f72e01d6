# Connect-ArcAzAccount -Identity: Az itself gets its tokens, and the module only sets the variables that name the agent.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"

    # Runs the cmdlet. Returns the stand-in's call, the warnings and errors, and the variables afterwards.
    $connect = {
        param([hashtable]$Parameters)
        [AzStandIn.Recorder]::Calls.Clear()
        $null = Connect-ArcAzAccount -Identity @Parameters -WarningVariable warnings -WarningAction SilentlyContinue -ErrorVariable errors -ErrorAction SilentlyContinue 6>&1
        $call = [AzStandIn.Recorder]::Calls | Select-Object -Last 1
        @{
            Set      = if ($call) { $call.ParameterSet }
            Bound    = @(if ($call) { $call.Bound.Keys | Where-Object { $_ -notin [Management.Automation.PSCmdlet]::CommonParameters } })
            Done     = if ($call) { $call.Done }
            Warnings = @($warnings | ForEach-Object Message | Where-Object { $_ -like '*ENDPOINT*' })
            Errors   = @($errors | ForEach-Object FullyQualifiedErrorId)
            Identity = $env:IDENTITY_ENDPOINT
            Imds     = $env:IMDS_ENDPOINT
        }
    }

    Enable-AzStandIn
    $variables = 'IDENTITY_ENDPOINT', 'IMDS_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT', 'MSI_ENDPOINT', 'MSI_SECRET', 'AZURE_POD_IDENTITY_AUTHORITY_HOST', 'AZURE_FEDERATED_TOKEN_FILE'
    $before = @{}
    $variables | ForEach-Object { $before[$_] = [Environment]::GetEnvironmentVariable($_) }
}

AfterAll {
    Disable-AzStandIn
}

Describe 'Connect-ArcAzAccount -Identity' {
    BeforeEach {
        $variables | ForEach-Object { Set-Item Env:$_ $null }
    }

    AfterEach {
        $variables | ForEach-Object { Set-Item Env:$_ $before[$_] }
    }

    It 'leaves an environment as it is that names the agent already' {
        $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = 'http://127.0.0.1:1/metadata/identity/oauth2/token', 'http://127.0.0.1:1'
        $result = & $connect @{ Subscription = 's' }
        $result.Set | Should -Be 'ManagedServiceLogin'
        $result.Bound | Sort-Object | Should -Be 'Identity', 'Subscription'
        $result.Done | Should -BeTrue
        $result.Warnings | Should -BeNullOrEmpty
        $result.Identity, $result.Imds | Should -Be 'http://127.0.0.1:1/metadata/identity/oauth2/token', 'http://127.0.0.1:1'
    }

    It 'does not mix its own with another service''s <Name>' -ForEach @(
        @{ Name = 'IDENTITY_ENDPOINT' }
        @{ Name = 'IMDS_ENDPOINT' }
    ) {
        Set-Item Env:$Name 'http://127.0.0.1:1/metadata/identity/oauth2/token'
        $result = & $connect @{}
        $result.Set | Should -Be 'ManagedServiceLogin'
        $result.Warnings | Should -BeLike "$Name is set without the other one*"
        @($result.Identity, $result.Imds).Where({ $_ }) | Should -Be 'http://127.0.0.1:1/metadata/identity/oauth2/token'
    }

    It 'does not send Az to <Address>, <Name>' -ForEach @(
        foreach ($name in 'with both variables', 'with IDENTITY_ENDPOINT alone') {
            foreach ($address in 'http://key-thief.example/metadata/identity/oauth2/token', 'https://127.0.0.1:40342/', 'http://10.0.0.1:40342/', 'http://127.0.0.1.evil.example/', 'http://0177.1:40342/', 'file:///etc/passwd', 'elsewhere') {
                @{ Name = $name; Address = $address }
            }
        }
    ) {
        $env:IDENTITY_ENDPOINT = $Address
        if ($Name -like '*both*') { $env:IMDS_ENDPOINT = 'x' }
        foreach ($parameters in @{}, @{ WhatIf = $true }) {
            $result = & $connect $parameters
            $result.Errors | Should -Be 'EndpointRefused,ArcToken.Commands.ConnectArcAzAccountCommand'
            $result.Set | Should -BeNullOrEmpty
            $result.Identity | Should -Be $Address
        }
    }

    It 'does not let Az speak to another service that <Name> names, <Where>' -ForEach @(
        foreach ($name in 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT', 'MSI_ENDPOINT', 'MSI_SECRET', 'AZURE_POD_IDENTITY_AUTHORITY_HOST', 'AZURE_FEDERATED_TOKEN_FILE') {
            @{ Name = $name; Where = 'beside the agent''s variables'; Endpoint = 'http://127.0.0.1:1/token' }
            @{ Name = $name; Where = 'alone'; Endpoint = $null }
        }
    ) {
        $env:IDENTITY_ENDPOINT = $env:IMDS_ENDPOINT = $Endpoint
        Set-Item Env:$Name 'its-value'
        [AzStandIn.Recorder]::Calls.Clear()
        $problem = Get-OneError { Connect-ArcAzAccount -Identity }
        $problem.FullyQualifiedErrorId | Should -Be 'EndpointRefused,ArcToken.Commands.ConnectArcAzAccountCommand'
        $problem.Exception.Message | Should -BeLike "*: $Name.*"
        $problem.Exception.Message | Should -Not -BeLike '*its-value*'
        [AzStandIn.Recorder]::Calls.Count | Should -Be 0
        $env:IDENTITY_ENDPOINT | Should -Be $Endpoint
    }

    Context 'where somebody listens' {
        BeforeAll {
            $blocker = if (-not $IsLinux) { 'who listens is looked up on Linux only' } elseif ((id -u) -ne 0) { 'only root can make another user''s socket' }
            if (-not $blocker) {
                # A socket belongs to the user that its thread has for files when it is made.
                Add-Type -Namespace ArcTokenTests -Name Thread -MemberDefinition '[DllImport("libc")] public static extern int setfsuid(uint user);'
            }

            # Listens on a free port as a user. Returns the listener.
            $listen = {
                param([string]$Address, [uint32]$User)
                $null = [ArcTokenTests.Thread]::setfsuid($User)
                try { $listener = [Net.Sockets.TcpListener]::new([ipaddress]$Address, 0) } finally { $null = [ArcTokenTests.Thread]::setfsuid(0) }
                $listener.Start()
                $listener
            }
        }

        It 'does not send Az to another user''s port on <Address>, named as <Written>' -ForEach @(
            @{ Address = '127.0.0.1'; Written = 'http://localhost:{0}/metadata/identity/oauth2/token' }
            @{ Address = '127.0.0.1'; Written = 'http://127.0.0.1:{0}' }
            @{ Address = '::1'; Written = 'http://localhost:{0}/' }
            @{ Address = '::1'; Written = 'http://[::1]:{0}/' }
        ) {
            if (-not $blocker -and $Address -eq '::1' -and -not (Test-Path /proc/net/if_inet6)) { $blocker = 'there is no IPv6' }
            if ($blocker) {
                Set-ItResult -Skipped -Because $blocker
                return
            }

            $stranger = & $listen $Address 64123
            try {
                $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = ($Written -f $stranger.LocalEndpoint.Port), 'x'
                $result = & $connect @{}
                $result.Errors | Should -Be 'ForeignAnswer,ArcToken.Commands.ConnectArcAzAccountCommand'
                $result.Set | Should -BeNullOrEmpty
                $stranger.Pending() | Should -BeFalse -Because 'nobody connects'
            }
            finally {
                $stranger.Stop()
            }
        }

        It 'sends Az to an agent that root runs' {
            if ($blocker) {
                Set-ItResult -Skipped -Because $blocker
                return
            }

            $agent = & $listen '127.0.0.1' 0
            try {
                $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = "http://localhost:$($agent.LocalEndpoint.Port)/", 'x'
                $result = & $connect @{}
                $result.Errors | Should -BeNullOrEmpty
                $result.Set | Should -Be 'ManagedServiceLogin'
            }
            finally {
                $agent.Stop()
            }
        }
    }

    It 'says so where there is no agent' -Skip:(Test-Path /opt/azcmagent) {
        $result = & $connect @{}
        $result.Errors | Should -Be 'AgentNotInstalled,ArcToken.Commands.ConnectArcAzAccountCommand'
        $result.Set | Should -BeNullOrEmpty
        $result.Identity, $result.Imds | Should -Be $null, $null
    }

    It 'does not go with -<_>' -ForEach 'ClientId', 'Endpoint', 'KeyDirectory', 'KeyVault', 'MicrosoftGraph', 'SkipValidation', 'ForceRefresh', 'TimeoutSec' {
        $type = (Get-Command Connect-ArcAzAccount).Parameters[$_].ParameterType
        $other = @{ $_ = if ($type -eq [switch]) { $true } elseif ($type -eq [Nullable[int]]) { 5 } else { 'http://127.0.0.1:1' } }
        { Connect-ArcAzAccount -Identity @other -ErrorAction Stop } | Should -Throw "*-Identity does not go with -$_`:*" -ErrorId 'InvalidArgument,*'
    }

    Context 'where an agent is installed' {
        BeforeAll {
            # The agent's program has a fixed path. A mount namespace puts an empty file there, and a network namespace keeps
            # the test away from a real agent.
            $blocker = if (-not $IsLinux) { 'namespaces are a thing of Linux' }
            elseif ((id -u) -ne 0) { 'a mount namespace needs root' }
            elseif (@($ModulePath, $EmulatorPath, $TestLibraries, $PSHOME, [Environment]::ProcessPath).Where({ "$_".StartsWith('/opt/') })) { 'something of the tests lies below /opt' }
            else {
                unshare --mount --net true 2>$null
                if ($LASTEXITCODE) { 'this machine does not allow namespaces, even to root' }
            }
            $inside = 'mount -t tmpfs tmpfs /opt && mkdir -p /opt/azcmagent/bin && install -m 755 /dev/null /opt/azcmagent/bin/himds && exec "$@"'
            $wrapper = 'unshare', '--mount', '--net', 'sh', '-c', $inside, 'sh'
            $endpoint = 'http://127.0.0.1:40342/metadata/identity/oauth2/token'
        }

        It 'passes on the warning that another program of root''s holds the agent''s port' {
            if ($blocker) {
                Set-ItResult -Skipped -Because $blocker
                return
            }

            # The key directory is another user's, so the agent is not expected to run as root.
            $more = 'ip link set lo up && mount -t tmpfs tmpfs /var/opt && mkdir -p /var/opt/azcmagent/tokens && chown 64123 /var/opt/azcmagent/tokens && ' + $inside
            $wrapper = 'unshare', '--mount', '--net', 'sh', '-c', $more, 'sh'
            $result = Invoke-PowerShellObject -Environment @{ IDENTITY_ENDPOINT = $null; IMDS_ENDPOINT = $null; PSModulePath = "$TestLibraries/modules" } -Wrapper $wrapper -Script @"
                Import-Module '$ModulePath'
                Import-Module Az.Accounts
                `$listener = [Net.Sockets.TcpListener]::new('127.0.0.1', 40342)
                `$listener.Start()
                foreach (`$round in 1..2) {
                    `$null = Connect-ArcAzAccount -Identity -WarningVariable warnings -WarningAction SilentlyContinue 6>`$null
                    `$all += @(`$warnings | Where-Object Message -Like '*root''s program*' | ForEach-Object Message)
                }
                ConvertTo-Json @(`$all)
"@
            $result | Should -HaveCount 1
            $result | Should -BeLike "The agent's port is held by root's program '$([Environment]::ProcessPath)'*"
        }

        It 'tells Az where it is, and says so; but not under -WhatIf' {
            if ($blocker) {
                Set-ItResult -Skipped -Because $blocker
                return
            }

            $result = Invoke-PowerShell -Environment @{ IDENTITY_ENDPOINT = $null; IMDS_ENDPOINT = $null; PSModulePath = "$TestLibraries/modules" } -Wrapper $wrapper -Script @"
                Import-Module '$ModulePath'
                Import-Module Az.Accounts
                `$connect = { $connect }
                `$results = @(& `$connect @{ WhatIf = `$true }), @(& `$connect @{})
                '===' + (`$results | ConvertTo-Json -Depth 5)
"@
            $result.Error | Should -BeNullOrEmpty
            $whatIf, $real = ($result.Output -split '===')[1] | ConvertFrom-Json | ForEach-Object { $_ }
            $whatIf.Done | Should -BeFalse
            $whatIf.Identity, $whatIf.Imds | Should -Be $null, $null
            $whatIf.Warnings | Should -BeNullOrEmpty

            $real.Set | Should -Be 'ManagedServiceLogin'
            $real.Bound | Should -Be 'Identity'
            $real.Done | Should -BeTrue
            $real.Identity | Should -Be $endpoint
            $real.Imds | Should -Be 'http://127.0.0.1:40342'
            $real.Warnings | Should -BeLike "*IDENTITY_ENDPOINT=$endpoint and IMDS_ENDPOINT=http://127.0.0.1:40342 were set*"
        }
    }
}
