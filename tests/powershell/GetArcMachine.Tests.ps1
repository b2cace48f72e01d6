# Get-ArcMachine: the agent's description of the machine as an object.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Get-ArcMachine' {
    It 'has what the agent says' {
        $said = (Invoke-RestMethod ($agent.Endpoint -replace '/identity/.*', '/instance?api-version=2020-06-01') -Headers @{ Metadata = 'true' }).compute
        $machine = Get-ArcMachine @where
        $machine | Should -BeOfType ([ArcToken.ArcMachine])
        foreach ($name in 'Name', 'ResourceId', 'SubscriptionId', 'ResourceGroupName', 'Location', 'OSType', 'VmId') {
            $machine.$name | Should -Not -BeNullOrEmpty
            $machine.$name | Should -BeExactly $said.$name
        }
        $machine.Environment | Should -Be $said.azEnvironment
        $machine.AgentStatus | Should -Be 'Connected'
        $machine.AgentVersion | Should -Match '^\d+\.\d+'
        "$machine" | Should -Be $said.resourceId
    }

    It 'has the tags in a dictionary, in the agent''s order and for any letter case' {
        $tags = (Get-ArcMachine @where).Tags
        @($tags.Keys) | Should -Be 'Datacenter', 'Environment'
        $tags['DATACENTER'], $tags.Environment | Should -Be 'Amsterdam', 'Test'
        { $tags['x'] = 'y' } | Should -Throw
    }

    It 'needs no key' {
        Reset-Emulator $agent
        $null = Get-ArcMachine @where
        @(Get-AgentRequest $agent).Count | Should -BeGreaterThan 0
        @(Get-AgentRequest $agent).keyed | Should -Not -Contain $true
        (Get-Issued $agent).keys | Should -BeNullOrEmpty
    }

    It 'is one error where there is none' {
        $problem = Get-OneError { Get-ArcMachine -Endpoint http://192.0.2.1/metadata/identity/oauth2/token }
        $problem.FullyQualifiedErrorId | Should -Be 'EndpointRefused,ArcToken.Commands.GetArcMachineCommand'
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows its steps with -Verbose' {
        (Get-ArcMachine @where -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Message -join "`n" | Should -Match 'about the machine'
    }

    It 'shows the tags in its view, also from another machine' {
        $machine = Get-ArcMachine @where
        $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($machine))
        foreach ($object in $machine, $copy) {
            $object | Out-String -Width 200 | Should -Match 'Tags +: Datacenter=Amsterdam, Environment=Test'
        }
    }
}
