# The module in PowerShell's other threads and processes.

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
        . "$PSScriptRoot/secrets.ps1"
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
