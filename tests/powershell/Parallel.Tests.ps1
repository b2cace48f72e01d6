# The module in parallel runspaces, thread jobs and other processes.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Tokens' {
    It 'come in ForEach-Object -Parallel' {
        $tokens = 1..4 | ForEach-Object -Parallel {
            Import-Module $using:ModulePath
            $place = $using:where
            Get-ArcToken "https://a$_.example" @place
        } -ThrottleLimit 4
        $tokens.Resource | Sort-Object | Should -Be (1..4 | ForEach-Object { "https://a$_.example" })
        $tokens | Should -BeOfType ([ArcToken.AccessToken])
        Get-PlainText $tokens[0].Token | Should -BeIn (Get-Issued $agent).tokens
    }

    It 'come in Start-ThreadJob' {
        $job = Start-ThreadJob { Import-Module $using:ModulePath; $place = $using:where; Get-ArcToken https://b.example @place }
        $token = $job | Receive-Job -Wait -AutoRemoveJob
        $token | Should -BeOfType ([ArcToken.AccessToken])
        Get-PlainText $token.Token | Should -BeIn (Get-Issued $agent).tokens
    }

    It 'come in Start-Job, and only what they are for leaves it' {
        . "$PSScriptRoot/find-secret.ps1"
        try {
            $job = Start-Job { Import-Module $using:ModulePath; $place = $using:where; Get-ArcToken https://c.example @place }
        }
        catch [Management.Automation.PSInvalidOperationException], [Management.Automation.Remoting.PSRemotingTransportException] {
            Set-ItResult -Skipped -Because "this PowerShell, a .NET tool, cannot start jobs: $_"
        }
        $token = $job | Receive-Job -Wait -AutoRemoveJob
        $token.Resource | Should -Be 'https://c.example'
        $token.psobject.Properties.Name | Should -Not -Contain 'Token'
        Find-Secret ($token | Format-List * -Force | Out-String) (Get-Issued $agent).tokens | Should -BeNullOrEmpty
    }
}

Describe 'Many runspaces' {
    It 'make one exchange for each resource: <Runspaces> runspaces, <Calls> calls' -ForEach @{ Runspaces = 64; Calls = 10000 } {
        Reset-Emulator $agent
        $each = [Math]::Ceiling($Calls / $Runspaces)
        $pool = [runspacefactory]::CreateRunspacePool(1, $Runspaces)
        $pool.Open()
        $gate = [Threading.Barrier]::new($Runspaces)
        try {
            $workers = 1..$Runspaces | ForEach-Object {
                $worker = [powershell]::Create()
                $worker.RunspacePool = $pool
                $null = $worker.AddScript({
                        param($Module, $Where, $Each, $Gate)
                        $ErrorActionPreference = 'Stop'
                        Import-Module $Module
                        $null = $Gate.SignalAndWait(60000) # All callers start at the same moment, each in its own runspace.
                        for ($i = 0; $i -lt $Each; $i++) {
                            $token = Get-ArcToken "https://$($i % 5).example" @Where
                            if ($token.Resource -ne "https://$($i % 5).example") { throw "a token for $($token.Resource)" }
                            $token.Dispose()
                        }
                        $Each
                    }).AddArgument($ModulePath).AddArgument($where).AddArgument($each).AddArgument($gate)
                @{ Worker = $worker; Handle = $worker.BeginInvoke() }
            }
            $made = $workers | ForEach-Object { $_.Worker.EndInvoke($_.Handle) } | Measure-Object -Sum
        }
        finally {
            $workers | ForEach-Object { $_.Worker.Dispose() }
            $pool.Dispose()
        }
        $made.Count | Should -Be $Runspaces
        $made.Sum | Should -BeGreaterOrEqual $Calls
        @(Get-AgentRequest $agent).Count | Should -Be 10 -Because 'there are five resources, and two requests to an exchange'
    }

    It 'do not notice that the agent is killed and started again' {
        $folder = New-TestFolder
        $calls = [Collections.Concurrent.ConcurrentDictionary[string, int]]::new()
        $control = [hashtable]::Synchronized(@{ Over = $false })
        $job = $restarted = $null
        $mortal = Start-Emulator '--key-directory', "$folder/keys"
        try {
            $place = $mortal.Where
            $before = Get-ArcToken @place
            $job = 1..8 | ForEach-Object -AsJob -ThrottleLimit 8 -Parallel {
                $ErrorActionPreference = 'Stop'
                Import-Module $using:ModulePath
                $place, $control, $calls = $using:mortal.Where, $using:control, $using:calls
                for ($i = 1; -not $control.Over; $i++) {
                    (Get-ArcToken @place).Dispose()
                    $calls["$_"] = $i
                }
            }
            $step = {
                $reached = @{}
                1..8 | ForEach-Object { $reached["$_"] = $calls["$_"] + 50 }
                $until = [datetime]::Now.AddSeconds(30)
                while (@(1..8).Where({ $calls["$_"] -lt $reached["$_"] })) {
                    if ([datetime]::Now -gt $until) { throw "The calls have stopped: $(Receive-Job $job *>&1)" }
                    Start-Sleep -Milliseconds 10
                }
            }
            & $step
            $mortal.Process.Kill()
            $mortal.Process.WaitForExit()
            & $step
            $restarted = Start-Emulator '--key-directory', "$folder/keys", '--port', ([uri]$mortal.Endpoint).Port
            & $step
            $control.Over = $true
            # Not with -AutoRemoveJob: now and then it finds that such a job's children are gone already.
            Receive-Job $job -Wait -ErrorAction Stop | Should -BeNullOrEmpty
            Remove-Job $job
            @(Get-AgentRequest $restarted) | Should -BeNullOrEmpty
            $after = Get-ArcToken @place -ForceRefresh
            Get-PlainText $after.Token | Should -Not -Be (Get-PlainText $before.Token)
            Get-PlainText $after.Token | Should -BeIn (Get-Issued $restarted).tokens
        }
        finally {
            $control.Over = $true
            if ($job -and $job.State -eq 'Running') { Stop-Job $job }
            Stop-Emulator $mortal
            Stop-Emulator $restarted
            Remove-TestFolder $folder
        }
    }
}
