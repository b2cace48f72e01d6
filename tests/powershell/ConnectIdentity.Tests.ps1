# Connect-ArcAzAccount -Identity: where Az gets its tokens by itself, and is only told where the agent is.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"

    # What the stand-in was called with, what was warned of, and what the environment is afterwards.
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
    $before = @{ IDENTITY_ENDPOINT = $env:IDENTITY_ENDPOINT; IMDS_ENDPOINT = $env:IMDS_ENDPOINT }
}

AfterAll {
    Disable-AzStandIn
}

Describe 'Connect-ArcAzAccount -Identity' {
    BeforeEach {
        $env:IDENTITY_ENDPOINT = $env:IMDS_ENDPOINT = $null
    }

    AfterEach {
        $before.Keys | ForEach-Object { Set-Item Env:$_ $before[$_] }
    }

    It 'leaves an environment as it is that names the agent already' {
        $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = 'http://127.0.0.1:1/token', 'http://127.0.0.1:1'
        $result = & $connect @{ Subscription = 's' }
        $result.Set | Should -Be 'ManagedServiceLogin'
        $result.Bound | Sort-Object | Should -Be 'Identity', 'Subscription'
        $result.Done | Should -BeTrue
        $result.Warnings | Should -BeNullOrEmpty
        $result.Identity, $result.Imds | Should -Be 'http://127.0.0.1:1/token', 'http://127.0.0.1:1'
    }

    It 'does not mix its own with another service''s <Name>' -ForEach @(
        @{ Name = 'IDENTITY_ENDPOINT' }
        @{ Name = 'IMDS_ENDPOINT' }
    ) {
        Set-Item Env:$Name 'http://127.0.0.1:1/other'
        $result = & $connect @{}
        $result.Set | Should -Be 'ManagedServiceLogin'
        $result.Warnings | Should -BeLike "$Name is set without the other one*"
        @($result.Identity, $result.Imds).Where({ $_ }) | Should -Be 'http://127.0.0.1:1/other'
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
        { Connect-ArcAzAccount -Identity @other } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    Context 'where an agent is installed' {
        BeforeAll {
            # The agent's program is looked for at a fixed place: a mount namespace of its own puts an empty one there, and a
            # network namespace makes sure that no agent is asked.
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
