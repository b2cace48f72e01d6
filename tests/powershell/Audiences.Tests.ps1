# The names of audiences: tokens and completion use the same table.

BeforeDiscovery {
    $table = Import-Csv -Delimiter "`t" "$PSScriptRoot/../../src/audience/audiences.tsv"
    $clouds = 'AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'
    $known = foreach ($row in $table) {
        foreach ($cloud in $clouds) {
            @{ Name = $row.name; Cloud = $cloud; Audience = $row.$cloud }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $table = Import-Csv -Delimiter "`t" "$RepositoryRoot/src/audience/audiences.tsv"

    function Get-Completion([string]$Line) {
        (TabExpansion2 $Line).CompletionMatches
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'The table' {
    It 'has Az''s names, and those that Az lacks' {
        $names = 'Arm', 'ResourceManager', 'KeyVault', 'ManagedHsm', 'MSGraph', 'AadGraph', 'Storage', 'Sql', 'OssRdbms', 'Synapse', 'AnalysisServices', 'DataLake', 'Monitor',
        'OperationalInsights', 'ServiceBus', 'EventHubs', 'AppConfiguration', 'Batch', 'Attestation', 'CommunicationEmail', 'DevOps', 'TokenExchange'
        $table.name | Should -Be $names
        $table[0].psobject.Properties.Name | Should -Be 'name', 'AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'
    }

    It 'has an audience for each name in the usual cloud, and no blanks around any' {
        foreach ($row in $table) {
            $row.AzureCloud | Should -Match '^(https://[a-z.-]+/?|api://\w+|[0-9a-f-]{36})$'
            foreach ($value in $row.psobject.Properties.Value) {
                $value | Should -BeExactly $value.Trim()
            }
        }
    }

    # Some services require the slash at the end, others refuse it.
    It 'has <Name> with its slash, or without' -ForEach @(
        @{ Name = 'Arm'; Audience = 'https://management.core.windows.net/' }
        @{ Name = 'KeyVault'; Audience = 'https://vault.azure.net' }
        @{ Name = 'MSGraph'; Audience = 'https://graph.microsoft.com/' }
        @{ Name = 'Storage'; Audience = 'https://storage.azure.com/' }
        @{ Name = 'Sql'; Audience = 'https://database.windows.net/' }
        @{ Name = 'ServiceBus'; Audience = 'https://servicebus.azure.net/' }
        @{ Name = 'EventHubs'; Audience = 'https://eventhubs.azure.net/' }
        @{ Name = 'OperationalInsights'; Audience = 'https://api.loganalytics.io' }
        @{ Name = 'DevOps'; Audience = '499b84ac-1321-427f-aa17-267ca6975798' }
        @{ Name = 'TokenExchange'; Audience = 'api://AzureADTokenExchange' }
    ) {
        ($table | Where-Object name -EQ $Name).AzureCloud | Should -BeExactly $Audience
    }
}

Describe 'Get-ArcToken -ResourceTypeName' {
    It '<Name> in <Cloud> asks for "<Audience>"' -ForEach $known.Where({ $_.Audience }) {
        (Get-ArcToken -ResourceTypeName $Name -Environment $Cloud @where -ForceRefresh).Resource | Should -BeExactly $Audience
        [Web.HttpUtility]::ParseQueryString(@(Get-AgentRequest $agent)[-1].query).Get('resource') | Should -BeExactly $Audience
    }

    It '<Name> in <Cloud> is refused, with the clouds that have it' -ForEach $known.Where({ -not $_.Audience }) {
        $problem = Get-OneError { Get-ArcToken -ResourceTypeName $Name -Environment $Cloud @where }
        $problem.FullyQualifiedErrorId | Should -Be 'InvalidArgument,ArcToken.Commands.GetArcTokenCommand'
        $problem.Exception.Problem | Should -Be "No audience of $Name is known for $Cloud, only for AzureCloud."
    }

    It 'takes names in any letter case, and the usual cloud by itself' {
        (Get-ArcToken -ResourceTypeName keyvault @where).Resource | Should -BeExactly 'https://vault.azure.net'
        (Get-ArcToken -ResourceTypeName keyvault -Environment azurechinacloud @where).Resource | Should -BeExactly 'https://vault.azure.cn'
    }

    It 'refuses the name <Name> and says which there are' -ForEach @{ Name = 'Nothing' }, @{ Name = 'name' } {
        $problem = Get-OneError { Get-ArcToken -ResourceTypeName $Name @where }
        $problem.CategoryInfo.Category | Should -Be InvalidArgument
        $problem.Exception.Advice | Should -BeLike '*KeyVault, ManagedHsm*'
    }

    It 'refuses the environment <_> and says which there are' -ForEach 'Moon', 'name' {
        $environment = $_
        $problem = Get-OneError { Get-ArcToken -ResourceTypeName KeyVault -Environment $environment @where }
        $problem.Exception.Advice | Should -BeLike '*AzureCloud, AzureUSGovernment, AzureChinaCloud*'
    }

    It 'means Azure Resource Manager where only -Environment is given' {
        (Get-ArcToken -Environment AzureChinaCloud @where).Resource | Should -BeExactly 'https://management.core.chinacloudapi.cn/'
    }

    It 'does not go with -Resource' {
        (Get-OneError { Get-ArcToken https://a.example -ResourceTypeName Arm @where }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        (Get-OneError { 'https://a.example' | Get-ArcToken -ResourceTypeName Arm @where }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'takes <Name> for <Cloud>, as Az, the agent and SDKs do' -ForEach @(
        @{ Name = 'AzurePublicCloud'; Cloud = 'AzureCloud' }
        @{ Name = 'AzureUSGovernmentCloud'; Cloud = 'AzureUSGovernment' }
        @{ Name = 'azurechina'; Cloud = 'AzureChinaCloud' }
    ) {
        (Get-ArcToken -ResourceTypeName KeyVault -Environment $Name @where).Resource | Should -BeExactly ($table | Where-Object name -EQ KeyVault).$Cloud
    }

    It 'takes several names, of which one may be wrong' {
        $tokens = Get-ArcToken -ResourceTypeName KeyVault, Nothing, Storage @where -ErrorAction SilentlyContinue -ErrorVariable failed
        $tokens.Resource | Should -Be 'https://vault.azure.net', 'https://storage.azure.com/'
        $failed.TargetObject | Should -Be 'Nothing'
    }
}

Describe 'Completion' {
    It 'offers each name with its audience' {
        $offered = Get-Completion 'Get-ArcToken -ResourceTypeName '
        $offered.CompletionText | Should -Be $table.name
        ($offered | Where-Object CompletionText -EQ Storage).ToolTip | Should -Be 'Storage: https://storage.azure.com/'
    }

    It 'offers the names of the chosen cloud only' {
        $offered = Get-Completion 'Get-ArcToken -Environment AzureChinaCloud -ResourceTypeName '
        $offered.CompletionText | Should -Be ($table | Where-Object AzureChinaCloud).name
        ($offered | Where-Object CompletionText -EQ KeyVault).ToolTip | Should -Be 'KeyVault: https://vault.azure.cn'
    }

    It 'offers known audiences for -Resource, by their beginning or by what is in them' {
        $all = @(Get-Completion 'Get-ArcToken -Resource ').CompletionText
        $all[0] | Should -Be 'https://management.azure.com/' -Because 'it is the default, though Az has another form of it'
        $all | Select-Object -Skip 1 | Should -Be (@(foreach ($cloud in 'AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud') { $table.$cloud | Where-Object { $_ } }) | Select-Object -Unique)
        (Get-Completion 'Get-ArcToken https://vault.azure.n').CompletionText | Should -Be 'https://vault.azure.net'
        (Get-Completion 'Get-ArcToken vault.azure').CompletionText | Should -Be 'https://vault.azure.net', 'https://vault.azure.cn'
        (Get-Completion 'Get-ArcToken https://storage.azure.com').ToolTip | Should -Be 'https://storage.azure.com/: Storage in AzureCloud, Storage in AzureUSGovernment, Storage in AzureChinaCloud'
    }

    It 'offers the clouds for -Environment of <_>' -ForEach 'Get-ArcToken', 'Connect-ArcAzAccount', 'Test-ArcAgent' {
        (Get-Completion "$_ -Environment AzureC").CompletionText | Should -Be 'AzureCloud', 'AzureChinaCloud'
    }
}
