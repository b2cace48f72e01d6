# Get-ArcToken with every fault of the emulator: outcome, duration, requests that the agent sees, and no secret in any stream.
# tests/faults/expected.tsv holds the expected values; tests/faults/table.rs explains its columns.
#
# ARCTOKEN_FULL=1 runs all rows. Without it, a fault that exists before and after the challenge runs only after it, and faults
# that take over ten seconds do not run. (tests/faults.rs always runs all faults through the C ABI.)

BeforeDiscovery {
    . "$PSScriptRoot/faults.ps1"
    $rows = Get-FaultRow
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/faults.ps1"
    . "$PSScriptRoot/find-secret.ps1"
    . "$PSScriptRoot/other-user.ps1"
    $rows = Get-FaultRow
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
    $needs = @{}
    & $EmulatorPath --list-faults | ConvertFrom-Json | ForEach-Object { $needs[$_.name] = $_.needs }

    $otherUserObstacle = Get-OtherUserObstacle
    $folder = New-TestFolder
    $otherUser = if (-not $otherUserObstacle) { New-OtherUser $folder }

    # The reason why a fault cannot be tested here. Nothing if it can.
    function Get-Obstacle([string]$Fault) {
        switch ($needs[$Fault]) {
            linux { if (-not $IsLinux) { 'it is Linux''s' } }
            root { if (-not $isRoot) { 'only root can make such a file' } }
            'ordinary-client' { if ($isRoot) { $otherUserObstacle } }
        }
    }

    # Calls Get-ArcToken once, and formats all streams as a host, a transcript and a log do. It is a text and not a script block,
    # because a script block belongs to one thread.
    $try = [string]{
        param($Row, $Agent)
        $identities = @{
            'client-id'   = @{ ClientId = '0a11ce00-c11e-4000-8000-000000000005' }
            'object-id'   = @{ ObjectId = '0a11ce00-0b1e-4000-8000-000000000006' }
            'resource-id' = @{ IdentityResourceId = '/subscriptions/0a11ce00-5ab5-4000-8000-000000000002/resourcegroups/emulated/providers/Microsoft.ManagedIdentity/userAssignedIdentities/emulated' }
        }
        $selector = $Row.asks ? $identities[$Row.asks] : @{}
        $limit = $Row.outcome -eq 'Timeout' ? [int]$Row.seconds.Split('-')[0] : 30
        $where = $Agent.Where
        $Error.Clear()
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $output = @(Get-ArcToken "https://$($Row.fault).example" @where @selector -TimeoutSec $limit -Verbose -Debug -WarningAction Continue -ErrorAction Continue *>&1)
        $took = $watch.Elapsed.TotalSeconds

        $failures = $output.Where({ $_ -is [Management.Automation.ErrorRecord] })
        $tokens = $output.Where({ $_ -is [ArcToken.AccessToken] })
        [pscustomobject]@{
            Refusals = @($failures.ForEach({ "$($_.Exception.HttpStatus) $($_.CategoryInfo.Category) $($_.Exception.Advice -like '*Wait*')" }))
            Outcomes = @($failures.ForEach({ $_.FullyQualifiedErrorId }) + $tokens.ForEach({ 'Ok' }))
            Others   = @($output.Where({ $_ -isnot [ArcToken.AccessToken] -and $_ -isnot [Management.Automation.InformationalRecord] -and $_ -isnot [Management.Automation.ErrorRecord] }).ForEach({ "$_" }))
            Steps    = $output.Where({ $_ -is [Management.Automation.InformationalRecord] }).Count
            Took     = $took
            Host     = $output | Out-String -Width 10000
            Shown    = @(
                $output | Out-String -Width 10000
                $output.Where({ $_ -isnot [Management.Automation.InformationalRecord] }) | Format-List * -Force | Out-String -Width 10000
                $failures | ForEach-Object { $_.Exception.ToString(); [Management.Automation.PSSerializer]::Serialize($_, 2) }
                $Error | Out-String -Width 10000
            ) -join "`n"
        }
        $tokens.ForEach({ $_.Dispose() })
    }

    # The same in a new process, for a fault that needs another environment or another user.
    $tryElsewhere = [string]{
        param($Row, $Agent, $Module, $Running)
        $given = @{ Row = $Row; Agent = @{ Where = $Agent.Where } } | ConvertTo-Json -Depth 4
        Invoke-PowerShellObject @Running -Script @"
Import-Module '$Module'
`$given = @'
$given
'@ | ConvertFrom-Json -AsHashtable
`$try = [scriptblock]::Create(@'
$try
'@)
& `$try `$given.Row `$given.Agent | ConvertTo-Json -Depth 4
"@
    }

    # Endless answers keep two processors busy, so these rows run alone.
    $together, $alone = $rows.Where({ -not (Get-Obstacle $_.fault) }).Where({ $_.fault -notlike 'endless-interim*' }, 'Split')
    # The rows with the longest waits start first.
    $together = $together | Sort-Object -Descending { (Get-Range $_.seconds 0).Least }, { (Get-Range $_.seconds 0).Most }
    $results = @{}
    foreach ($group in @(, @($together)) + @($alone | ForEach-Object { , @($_) })) {
        $group | ForEach-Object -ThrottleLimit 8 -Parallel {
            $ErrorActionPreference = 'Stop'
            $EmulatorPath = $using:EmulatorPath
            $try, $otherUser = $using:try, $using:otherUser
            . "$using:PSScriptRoot/emulator.ps1"
            . "$using:PSScriptRoot/child.ps1"
            if (-not (Get-Module ArcToken)) {
                Import-Module $using:ModulePath
            }
            $row = $_
            $agent = $null
            try {
                $agent = Start-Emulator '--fault', $row.fault
                $elsewhere = if ($otherUser -and ($using:needs)[$row.fault] -eq 'ordinary-client') { $otherUser.Module, $otherUser.Running }
                elseif ($agent.Environment.Count) { $using:ModulePath, @{ Environment = $agent.Environment } }
                $result = & ([scriptblock]::Create(($elsewhere ? $using:tryElsewhere : $try))) $row $agent @elsewhere
                $issued = Get-Issued $agent
                $seen = @{ Requests = @(Get-AgentRequest $agent); Secrets = @($issued.tokens) + @($issued.keys) }
                [pscustomobject]@{ Fault = $row.fault; Result = $result | Add-Member $seen -PassThru }
            }
            catch {
                [pscustomobject]@{ Fault = $row.fault; Result = "The test itself failed: $_ $($_.ScriptStackTrace)" }
            }
            finally {
                Stop-Emulator $agent
            }
        } | ForEach-Object { $results[$_.Fault] = $_.Result }
    }
}

AfterAll {
    Remove-Item $folder -Recurse -Force
    Clear-ArcTokenCache
}

Describe 'Get-ArcToken and a hostile or faulty agent' {
    It '<_.fault>: <_.outcome>' -ForEach $rows {
        $row = $_
        $obstacle = Get-Obstacle $row.fault
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $result = $results[$row.fault]
        $result | Should -Not -BeOfType string -Because $result

        $expected = ($row.module ? $row.module : $row.outcome).Split('|')
        $got = @($result.Outcomes)
        $got.Count | Should -Be 1 -Because 'there is one token or one error'
        $expected | Should -Contain ($got[0] -replace ',ArcToken.Commands.GetArcTokenCommand$')
        @($result.Others) | Should -BeNullOrEmpty
        $result.Steps | Should -BeGreaterThan ([int][bool]$result.Requests) -Because '-Verbose and -Debug say something'

        # A script decides by the category whether to try again later.
        $later = @{ '429' = 'LimitsExceeded'; '503' = 'ResourceUnavailable' }[$row.detail]
        if ($got[0] -like 'AgentError,*' -and $later) { $result.Refusals | Should -Be "$($row.detail) $later True" }

        $seconds = Get-Range $row.seconds 0
        $result.Took | Should -BeGreaterOrEqual $seconds.Least
        $result.Took | Should -BeLessOrEqual (Get-TimeLimit $seconds.Most)
        $count = Get-Range $row.requests
        $result.Requests.Count | Should -BeGreaterOrEqual $count.Least
        $result.Requests.Count | Should -BeLessOrEqual $count.Most
        $count = Get-Range $row.keyed
        $keys = @($result.Requests.Where({ $_.keyed }))
        $keys.Count | Should -BeGreaterOrEqual $count.Least
        $keys.Count | Should -BeLessOrEqual $count.Most

        # The client requests only this path, and sends no key that it must not send. The content of a growing file is not a key.
        $result.Requests | ForEach-Object { $_.path | Should -Be '/metadata/identity/oauth2/token' }
        $keys | ForEach-Object { $_.key | Should -Be ($row.fault -eq 'key-file-growing' ? 'unknown' : 'good') }

        $result.Shown | Should -Match 'https://' -Because 'there is something to search'
        Find-Secret $result.Shown $result.Secrets | Should -BeNullOrEmpty
        # PowerShell colours its own output, so colour sequences are allowed. (Only the list of all properties shows the claims,
        # and it shows them unchanged, so that list is not searched here.)
        $result.Host -replace '\e\[[\d;]*m' | Should -Not -Match '[\x00-\x08\x0b-\x1f\x7f\u202e]'
    }
}
