# Every way to log in without a request to Azure, with the stand-in for Az.Accounts and, if installed, with the real module.

BeforeDiscovery {
    # At this time the stand-in is not on the module path, so this finds only the real module.
    $real = Get-Module -ListAvailable Az.Accounts | Sort-Object Version | Select-Object -Last 1
    $modules = @(
        @{ Name = 'the stand-in'; Path = $null }
        @{ Name = 'the real Az.Accounts'; Path = if ($real) { (Split-Path $real.ModuleBase), (Split-Path (Split-Path $real.ModuleBase)) -join [IO.Path]::PathSeparator } }
    )
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $own = Get-ArcToken @where
    $folder = New-TestFolder # Az keeps its files below HOME.
}

AfterAll {
    Stop-Emulator $agent
    Remove-Item $folder -Recurse -Force
}

Describe 'Without asking Azure, <Name>' -ForEach $modules {
    It 'is logged in by a token in every form' {
        if ($Name -ne 'the stand-in' -and -not $Path) {
            Set-ItResult -Skipped -Because 'Az.Accounts is not installed'
            return
        }

        $path = if ($Path) { $Path } else { "$TestLibraries/modules" }
        $result = Invoke-PowerShellObject -Environment @{ PSModulePath = $path; HOME = "$folder"; USERPROFILE = "$folder"; ARM_CLOUD_METADATA_URL = 'DISABLED' } -Script @"
            Import-Module '$ModulePath'
            `$where = @{ Endpoint = '$($agent.Endpoint)'; KeyDirectory = '$($agent.KeyDirectory)' }
            `$offline = @{ SkipValidation = `$true; SkipContextPopulation = `$true; WarningAction = 'Ignore'; InformationAction = 'Ignore' }
            `$p = @{ Subscription = '$([guid]::Empty)'; Tenant = '$($own.TenantId)' }
            Enable-ArcAzCredential
            @(
                Connect-ArcAzAccount @where @offline
                Get-ArcToken @where | Connect-ArcAzAccount @offline
                Get-ArcToken @where -AsCredential | Connect-ArcAzAccount @offline
                Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @offline
                Connect-ArcAzAccount @where @offline @p
            ) | ForEach-Object { `$_.Context.Account.Id, `$_.Context.Tenant.Id, `$_.Context.Subscription.Id -join ' ' } | ConvertTo-Json
"@
        $usual = "$($own.ClientId) $($own.TenantId) $($own.SubscriptionId)"
        $result | Should -Be $usual, $usual, $usual, $usual, "$($own.ClientId) $($own.TenantId) $([guid]::Empty)"
    }
}
