# Everything that the emulator can do wrong, through Get-ArcToken: what comes of it, how long it takes, what the agent gets to
# see, and that no stream shows a secret. What is right stands in tests/faults/expected.tsv, which says what its columns mean
# in tests/faults/table.rs.
#
# ARCTOKEN_FULL=1 runs all rows. Otherwise, of faults that exist before and after the challenge only the latter are tried, and
# none that takes over ten seconds. (tests/faults.rs runs all of them through the C ABI in any case.)

BeforeDiscovery {
    . "$PSScriptRoot/faults.ps1"
    $rows = Get-FaultRow
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/faults.ps1"
    . "$PSScriptRoot/secrets.ps1"
    . "$PSScriptRoot/stranger.ps1"
    $rows = Get-FaultRow
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
    $needs = @{}
    & $EmulatorPath --list-faults | ConvertFrom-Json | ForEach-Object { $needs[$_.name] = $_.needs }

    $noStranger = Get-StrangerObstacle
    $folder = New-TestFolder
    $stranger = if (-not $noStranger) { New-Stranger $folder }

    # Why a fault cannot be tried here, if it cannot.
    function Get-Obstacle([string]$Fault) {
        switch ($needs[$Fault]) {
            linux { if (-not $IsLinux) { 'it is Linux''s' } }
            root { if (-not $isRoot) { 'only root can make such a file' } }
            'ordinary-client' { if ($isRoot) { $noStranger } }
        }
    }

    # Calls Get-ArcToken once. All streams are looked at as a host, a transcript and a log would. A text, since script blocks belong
    # to one thread.
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
        $output = @(Get-ArcToken "https://$($Row.fault).example" @where @selector -TimeoutSec $limit -Verbose -Debug -ErrorAction Continue *>&1)
        $took = $watch.Elapsed.TotalSeconds

        $failures = $output.Where({ $_ -is [Management.Automation.ErrorRecord] })
        $tokens = $output.Where({ $_ -is [ArcToken.AccessToken] })
        [pscustomobject]@{
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

    # The same in a process of its own, for a fault that wants another environment or another user.
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

    # Answers without an end keep two processors busy: those rows are for themselves.
    $together, $alone = $rows.Where({ -not (Get-Obstacle $_.fault) }).Where({ $_.fault -notlike 'endless-interim*' }, 'Split')
    # Those first that wait longest.
    $together = $together | Sort-Object -Descending { (Get-Range $_.seconds 0).Least }, { (Get-Range $_.seconds 0).Most }
    $results = @{}
    foreach ($group in @(, @($together)) + @($alone | ForEach-Object { , @($_) })) {
        $group | ForEach-Object -ThrottleLimit 8 -Parallel {
            $ErrorActionPreference = 'Stop'
            $EmulatorPath = $using:EmulatorPath
            $try, $stranger = $using:try, $using:stranger
            . "$using:PSScriptRoot/emulator.ps1"
            . "$using:PSScriptRoot/child.ps1"
            if (-not (Get-Module ArcToken)) {
                Import-Module $using:ModulePath
            }
            $row = $_
            $agent = $null
            try {
                $agent = Start-Emulator '--fault', $row.fault
                $elsewhere = if ($stranger -and ($using:needs)[$row.fault] -eq 'ordinary-client') { $stranger.Module, $stranger.Running }
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

        $seconds = Get-Range $row.seconds 0
        $result.Took | Should -BeGreaterOrEqual $seconds.Least
        $result.Took | Should -BeLessOrEqual $seconds.Most
        $count = Get-Range $row.requests
        $result.Requests.Count | Should -BeGreaterOrEqual $count.Least
        $result.Requests.Count | Should -BeLessOrEqual $count.Most
        $count = Get-Range $row.keyed
        $keys = @($result.Requests.Where({ $_.keyed }))
        $keys.Count | Should -BeGreaterOrEqual $count.Least
        $keys.Count | Should -BeLessOrEqual $count.Most

        # The only path there is, and no key that must not be sent. What a growing file held is no key at all.
        $result.Requests | ForEach-Object { $_.path | Should -Be '/metadata/identity/oauth2/token' }
        $keys | ForEach-Object { $_.key | Should -Be ($row.fault -eq 'key-file-growing' ? 'unknown' : 'good') }

        $result.Shown | Should -Match 'https://' -Because 'there is something to search'
        Find-Secret $result.Shown $result.Secrets | Should -BeNullOrEmpty
        # PowerShell itself colours what it shows, so its own escapes are allowed. (All of a token's claims, which are shown only
        # where all properties are asked for, are as they are in the token.)
        $result.Host -replace '\e\[[\d;]*m' | Should -Not -Match '[\x00-\x08\x0b-\x1f\x7f\u202e]'
    }
}
