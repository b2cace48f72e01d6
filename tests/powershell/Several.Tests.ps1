# Several tokens by one call: they are asked for at the same time, and written in the order of their resources.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $five = 'a', 'b', 'c', 'd', 'e' | ForEach-Object { "https://$_.example" }

    function Measure-Call([scriptblock]$Call) {
        Clear-ArcTokenCache
        (Measure-Command $Call).TotalMilliseconds
    }

    # Starts a script in another runspace, as a host does.
    function Start-Call([string]$Script) {
        $powerShell = [powershell]::Create()
        $null = $powerShell.AddScript('param($Module, $Where) Import-Module $Module; ' + $Script).AddArgument($ModulePath).AddArgument($where)
        [pscustomobject]@{ PowerShell = $powerShell; Handle = $powerShell.BeginInvoke() }
    }

    function Wait-Until([scriptblock]$Condition) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -gt (Get-TimeLimit 20)) { throw "Waited in vain for: $Condition" }
            Start-Sleep -Milliseconds 20
        }
    }

    # The key files that are left.
    function Get-KeyFile($Agent) {
        @(Get-ChildItem $Agent.KeyDirectory)
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Several tokens by one call' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'take the time of one: <Name>' -ForEach @(
        @{ Name = 'Get-ArcToken' }
        @{ Name = 'Connect-ArcAzAccount' }
    ) {
        Enable-AzStandIn
        $slow = Start-Emulator '--answer-after', '200'
        try {
            $place = $slow.Where
            $one, $all = if ($Name -eq 'Get-ArcToken') {
                { Get-ArcToken https://one.example @place }, { $script:got = Get-ArcToken $five @place }
            }
            else {
                $login = @{ SkipValidation = $true; WarningAction = 'Ignore' }
                { Connect-ArcAzAccount @place @login }, { $script:got = 1..5; Connect-ArcAzAccount -KeyVault -MicrosoftGraph @place @login }
            }
            $null = Measure-Call $one
            $null = Measure-Call $all
            # The best of three: the machine may be busy.
            $times = 1..3 | ForEach-Object { [pscustomobject]@{ One = Measure-Call $one; All = Measure-Call $all } }
            $best = { ($times.$args | Measure-Object -Minimum).Minimum }
            & $best All | Should -BeLessOrEqual (1.3 * (& $best One))
            @($got).Count | Should -Be 5
            Get-KeyFile $slow | Should -BeNullOrEmpty
        }
        finally {
            Stop-Emulator $slow
            Disable-AzStandIn
        }
    }

    It 'come in the order of the resources, each the right one' {
        $tokens = Get-ArcToken $five @where
        $tokens.Resource | Should -Be $five
        $tokens.ForEach({ $_.Claims.aud }) | Should -Be $five
        $tokens = Get-ArcToken (1..20 | ForEach-Object { "https://$_.example" }) @where
        $tokens.ForEach({ $_.Claims.aud }) | Should -Be (1..20 | ForEach-Object { "https://$_.example" })
    }

    It 'are an error where there is none, and the others still come' {
        $got = Get-ArcToken 'https://a.example', '/subscriptions/x', '', 'https://b.example' @where -ErrorVariable failed -ErrorAction SilentlyContinue
        $got.Resource | Should -Be 'https://a.example', 'https://b.example'
        $failed.TargetObject | Should -Be '/subscriptions/x', ''
        $failed.FullyQualifiedErrorId | Should -Be (@('InvalidArgument,ArcToken.Commands.GetArcTokenCommand') * 2)
    }

    It 'are asked for eight at a time, and all are given up when the call is stopped' {
        Set-Fault $agent 'no-answer-before-challenge'
        $call = Start-Call 'Get-ArcToken (1..12 | ForEach-Object { "https://$_.example" }) @Where'
        Wait-Until { @(Get-AgentRequest $agent).Count -ge 8 }
        Start-Sleep -Milliseconds 300
        @(Get-AgentRequest $agent).Count | Should -Be 8
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $call.PowerShell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 1)
        $call.PowerShell.Streams.Error.Count | Should -Be 0
        @(Get-AgentRequest $agent).Count | Should -Be 8
        $call.PowerShell.Dispose()
    }

    It 'are not waited for after the first error with -ErrorAction Stop' {
        Set-Fault $agent 'no-answer-before-challenge'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        { Get-ArcToken '', 'https://a.example', 'https://b.example' @where -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidArgument*'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 5)
        Set-Fault $agent ''
        Get-ArcToken https://a.example @where | Should -BeOfType ([ArcToken.AccessToken])
    }

    It 'are not waited for when no more are wanted' {
        $null = Get-ArcToken https://a.example @where
        Set-Fault $agent 'no-answer-before-challenge'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        (Get-ArcToken https://a.example, https://b.example @where | Select-Object -First 1).Resource | Should -Be 'https://a.example'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 5)
    }

    It 'that come one by one through the pipeline stay one by one' {
        Set-Fault $agent 'no-answer-before-challenge'
        $call = Start-Call "'https://a.example', 'https://b.example' | Get-ArcToken @Where"
        Wait-Until { @(Get-AgentRequest $agent).Count -ge 1 }
        Start-Sleep -Milliseconds 300
        @(Get-AgentRequest $agent).Count | Should -Be 1
        $call.PowerShell.Stop()
        $call.PowerShell.Dispose()
    }

    It 'give an agent that has too much to do the pause that it asks for' {
        Set-Fault $agent '429-once-retry-after-seconds-before-challenge'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $resources = 1..12 | ForEach-Object { "https://$_.example" }
        (Get-ArcToken $resources @where).Resource | Should -Be $resources
        $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 1.9
        # Nobody asked during the pause: each resource has its two requests, and one was refused.
        @(Get-AgentRequest $agent).Count | Should -Be 25
    }
}
