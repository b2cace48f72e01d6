# Get-ArcToken with a slow agent: Ctrl-C, time limit, progress.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where

    # Starts a script in another runspace, as a host does, and returns its PowerShell object.
    function Start-Pipeline([string]$Script) {
        $powerShell = [powershell]::Create()
        $null = $powerShell.AddScript('param($Module, $Where) Import-Module $Module; ' + $Script).AddArgument($ModulePath).AddArgument($where)
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        [pscustomobject]@{
            PowerShell = $powerShell
            Output     = $output
            Handle     = $powerShell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        }
    }

    # Waits until a condition is true.
    function Wait-Until([scriptblock]$Condition) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -gt (Get-TimeLimit 20)) { throw "Waited in vain for: $Condition" }
            Start-Sleep -Milliseconds 20
        }
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'A call that waits' {
    AfterEach {
        Reset-Emulator $agent
    }

    It 'ends within a second when it is stopped (<_>)' -ForEach 'no-answer-before-challenge', 'no-answer-after-challenge', 'byte-a-second-body-after-challenge' {
        Set-Fault $agent $_
        $call = Start-Pipeline "Get-ArcToken https://a.example, https://b.example @Where; 'after'"
        $wanted = $_ -like '*after*' ? 2 : 1
        Wait-Until { @(Get-AgentRequest $agent).Count -ge $wanted }

        $watch = [Diagnostics.Stopwatch]::StartNew()
        $call.PowerShell.Stop()
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 1)

        $call.PowerShell.InvocationStateInfo.State | Should -Be 'Stopped'
        $call.PowerShell.Streams.Error.Count | Should -Be 0
        $call.Output.Count | Should -Be 0
        $call.PowerShell.Dispose()
    }

    It 'leaves nothing behind that would disturb the next call' {
        Set-Fault $agent 'no-answer-before-challenge'
        $call = Start-Pipeline 'Get-ArcToken @Where'
        Wait-Until { @(Get-AgentRequest $agent).Count }
        $call.PowerShell.Stop()
        Set-Fault $agent ''
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Get-ArcToken @where | Should -BeOfType ([ArcToken.AccessToken])
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 2)
    }

    It 'ends by itself after -TimeoutSec' {
        Set-Fault $agent 'no-answer-before-challenge'
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $problem = Get-OneError { Get-ArcToken @where -TimeoutSec 1 }
        $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 0.9
        $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 2.5)
        $problem.FullyQualifiedErrorId | Should -Be 'Timeout,ArcToken.Commands.GetArcTokenCommand'
        $problem.CategoryInfo.Category | Should -Be 'OperationTimeout'
        $problem.Exception.Message | Should -BeLike '*The time of 1 s was up*longer time*'
    }

    It 'says after a second what it waits for, and takes that away at the end' {
        Set-Fault $agent 'late-before-challenge'
        $call = Start-Pipeline 'Get-ArcToken https://a.example @Where'
        Wait-Until { $call.Handle.IsCompleted }
        $call.Output.Resource | Should -Be 'https://a.example'

        $records = @($call.PowerShell.Streams.Progress).Where({ $_.Activity -like '*token*' })
        $records.Count | Should -BeGreaterOrEqual 3
        $records[0].Activity | Should -BeLike '*https://a.example*'
        $records[0].StatusDescription | Should -BeLike '*Azure Connected Machine agent*'
        $records[0].CurrentOperation | Should -Be '1 s'
        $records.RecordType[0..($records.Count - 2)] | Should -Not -Contain 'Completed'
        $records[-1].RecordType | Should -Be 'Completed'
        $call.PowerShell.Dispose()
    }

    It 'says nothing when the answer comes at once' {
        $call = Start-Pipeline 'Get-ArcToken https://a.example @Where'
        Wait-Until { $call.Handle.IsCompleted }
        $call.Output.Count | Should -Be 1
        @($call.PowerShell.Streams.Progress).Where({ $_.Activity -like '*token*' }) | Should -BeNullOrEmpty
        $call.PowerShell.Dispose()
    }

    It 'goes on while the agent is not there yet with -WaitForAgent' {
        Set-Fault $agent 'closed-before-headers-before-challenge'
        $call = Start-Pipeline 'Get-ArcToken -WaitForAgent @Where'
        # Without it, the fourth try is the last one.
        Wait-Until { @(Get-AgentRequest $agent).Count -ge 6 }
        $call.Handle.IsCompleted | Should -BeFalse
        Set-Fault $agent ''
        Wait-Until { $call.Handle.IsCompleted }
        $call.Output.Count | Should -Be 1
        $call.PowerShell.Streams.Error.Count | Should -Be 0
        $call.PowerShell.Dispose()
    }

    It 'does not keep other runspaces waiting' {
        Set-Fault $agent 'no-answer-before-challenge'
        $call = Start-Pipeline 'Get-ArcToken @Where'
        Wait-Until { @(Get-AgentRequest $agent).Count }
        Set-Fault $agent ''
        $tokens = 1..8 | ForEach-Object -Parallel {
            Import-Module $using:ModulePath
            $where = $using:where
            Get-ArcToken "https://$_.example" @where
        }
        $tokens.Resource | Sort-Object | Should -Be (1..8 | ForEach-Object { "https://$_.example" })
        $call.Handle.IsCompleted | Should -BeFalse
        $call.PowerShell.Stop()
        $call.PowerShell.Dispose()
    }
}

Describe 'Ctrl-C' {
    It 'ends a PowerShell that waits' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'no signals can be sent on Windows' }
        Set-Fault $agent 'no-answer-before-challenge'
        $script = "Import-Module '$ModulePath'; Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)'; 'after'"
        # A background process may inherit an ignored signal and pass it on to this test's child.
        $command = @('env', '--default-signal=INT') + @(Get-PowerShellCommand) + '-NoProfile', '-NonInteractive', '-Command', $script
        $start = [Diagnostics.ProcessStartInfo]::new($command[0])
        $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        try {
            Wait-Until { @(Get-AgentRequest $agent).Count }
            $watch = [Diagnostics.Stopwatch]::StartNew()
            & kill -INT $process.Id
            $process.WaitForExit(10000) | Should -BeTrue
            $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 3)
            $process.StandardOutput.ReadToEnd() | Should -Not -BeLike '*after*'
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
            Reset-Emulator $agent
        }
    }
}
