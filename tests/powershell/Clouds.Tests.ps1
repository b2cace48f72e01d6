# A machine in Azure Government: what is asked for by default, and what Az is told.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    Enable-AzStandIn
    $agent = Start-Emulator '--cloud', 'AzureUSGovernment'
    $where = $agent.Where
    $azure = Start-LoopbackService $agent
    $env:ARCTOKEN_TEST_ARM = $azure.Uri.ToString().TrimEnd('/')
    $quiet = @{ WarningAction = 'Ignore' }
}

AfterAll {
    $azure.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe 'On a machine in Azure Government' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'a name means that cloud''s service' {
        (Get-ArcToken -ResourceTypeName KeyVault @where).Resource | Should -BeExactly 'https://vault.usgovcloudapi.net'
    }

    It 'nothing at all means that cloud''s Azure Resource Manager' {
        (Get-ArcToken @where).Resource | Should -BeExactly 'https://management.core.usgovcloudapi.net/'
    }

    It 'a resource is sent as it is, and the error names that of the cloud' {
        $problem = Get-OneError { Get-ArcToken https://vault.azure.net @where }
        $problem.Exception.AgentCode | Should -Be 'invalid_resource'
        $problem.Exception.Advice | Should -BeLike 'Check the resource *https://vault.azure.net*-ResourceTypeName KeyVault -Environment AzureUSGovernment (*https://vault.usgovcloudapi.net*'
        $problem.Exception.CorrelationId | Should -Be '0a11ce00-c044-4000-8000-000000000009'
        $problem.Exception.TraceId | Should -Be '0a11ce00-7ace-4000-8000-000000000008'
        $problem.Exception.Timestamp | Should -Be '2026-11-29 12:00:00Z'
    }

    It 'Connect-ArcAzAccount logs in to that cloud, without -Environment' {
        $null = Connect-ArcAzAccount @where @quiet -KeyVault
        $bound = (Get-LastCall).Bound
        $bound.Environment | Should -BeExactly 'AzureUSGovernment'
        Get-Audience $bound.AccessToken | Should -BeExactly 'https://management.core.usgovcloudapi.net/'
        Get-Audience $bound.KeyVaultAccessToken | Should -BeExactly 'https://vault.usgovcloudapi.net'
    }

    It 'Connect-ArcAzAccount takes a <Form> of that cloud' -ForEach @{ Form = 'token' }, @{ Form = 'credential' } {
        $form = @{ AsCredential = $Form -eq 'credential' }
        $null = Get-ArcToken @where @form | Connect-ArcAzAccount @quiet
        (Get-LastCall).Bound.Environment | Should -BeExactly 'AzureUSGovernment'
    }

    It 'Az gets its own name of a cloud that is called otherwise' {
        $null = Connect-ArcAzAccount @where @quiet -Environment AzureUSGovernmentCloud
        (Get-LastCall).Bound.Environment | Should -BeExactly 'AzureUSGovernment'
    }

    It 'Test-ArcAgent gets a token, and none for another cloud' {
        $row = Test-ArcAgent @where -ResourceTypeName KeyVault | Where-Object Name -EQ Token
        $row.Status | Should -Be Pass
        $row.Detail | Should -BeLike '*https://vault.usgovcloudapi.net*'
        $row = Test-ArcAgent @where -Environment AzureChinaCloud | Where-Object Name -EQ Token
        $row.Status | Should -Be Fail
        $row.Detail | Should -BeLike '*https://management.core.chinacloudapi.cn/*'
    }
}
