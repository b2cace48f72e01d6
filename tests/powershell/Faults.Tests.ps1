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
    $rows = Get-FaultRow
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
    $needs = @{}
    & $EmulatorPath --list-faults | ConvertFrom-Json | ForEach-Object { $needs[$_.name] = $_.needs }

    # Why a fault cannot be tried here, if it cannot.
    function Get-Obstacle([string]$Fault) {
        switch ($needs[$Fault]) {
            linux { if (-not $IsLinux) { 'it is Linux''s' } }
            root { if (-not $isRoot) { 'only root can make such a file' } }
            'ordinary-client' { if ($isRoot) { 'root reads everything; Unprivileged.Tests.ps1 tries it as another user' } }
        }
    }

    # Calls Get-ArcToken once, with an emulator of its own. All streams are looked at as a host, a transcript and a log would.
    # A text, since script blocks belong to one thread.
    $try = [string]{
        param($Row)
        $identities = @{
            'client-id'   = @{ ClientId = '0a11ce00-c11e-4000-8000-000000000005' }
            'object-id'   = @{ ObjectId = '0a11ce00-0b1e-4000-8000-000000000006' }
            'resource-id' = @{ IdentityResourceId = '/subscriptions/0a11ce00-5ab5-4000-8000-000000000002/resourcegroups/emulated/providers/Microsoft.ManagedIdentity/userAssignedIdentities/emulated' }
        }
        $selector = $Row.asks ? $identities[$Row.asks] : @{}
        $limit = $Row.outcome -eq 'Timeout' ? [int]$Row.seconds.Split('-')[0] : 30
        $agent = Start-Emulator '--fault', $Row.fault
        try {
            $where = $agent.Where
            $Error.Clear()
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $output = @(Get-ArcToken "https://$($Row.fault).example" @where @selector -TimeoutSec $limit -Verbose -Debug -ErrorAction Continue *>&1)
            $took = $watch.Elapsed.TotalSeconds
            $requests = @(Get-AgentRequest $agent)
            $issued = Get-Issued $agent
        }
        finally {
            Stop-Emulator $agent
        }

        $failures = $output.Where({ $_ -is [Management.Automation.ErrorRecord] })
        [pscustomobject]@{
            Tokens   = $output.Where({ $_ -is [ArcToken.AccessToken] })
            Failures = $failures
            Others   = $output.Where({ $_ -isnot [ArcToken.AccessToken] -and $_ -isnot [Management.Automation.InformationalRecord] -and $_ -isnot [Management.Automation.ErrorRecord] })
            Steps    = $output.Where({ $_ -is [Management.Automation.InformationalRecord] }).Count
            Took     = $took
            Requests = $requests
            Secrets  = @($issued.tokens) + @($issued.keys)
            Host     = $output | Out-String -Width 10000
            Shown    = @(
                $output | Out-String -Width 10000
                $output.Where({ $_ -isnot [Management.Automation.InformationalRecord] }) | Format-List * -Force | Out-String -Width 10000
                $failures | ForEach-Object { $_.Exception.ToString(); [Management.Automation.PSSerializer]::Serialize($_, 2) }
                $Error | Out-String -Width 10000
            ) -join "`n"
        }
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
            if (-not (Get-Module ArcToken)) {
                . "$using:PSScriptRoot/emulator.ps1"
                Import-Module $using:ModulePath
            }
            $row = $_
            try {
                [pscustomobject]@{ Fault = $row.fault; Result = & ([scriptblock]::Create($using:try)) $row }
            }
            catch {
                [pscustomobject]@{ Fault = $row.fault; Result = "The test itself failed: $_ $($_.ScriptStackTrace)" }
            }
        } | ForEach-Object { $results[$_.Fault] = $_.Result }
    }
}

AfterAll {
    $results.Values | ForEach-Object { $_.Tokens } | ForEach-Object { $_.Dispose() }
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
        $got = @($result.Failures | ForEach-Object FullyQualifiedErrorId) + @($result.Tokens | ForEach-Object { 'Ok' })
        $got.Count | Should -Be 1 -Because 'there is one token or one error'
        $expected | Should -Contain ($got[0] -replace ',ArcToken.Commands.GetArcTokenCommand$')
        @($result.Others) | Should -BeNullOrEmpty
        $result.Steps | Should -BeGreaterThan 1 -Because '-Verbose and -Debug say something'

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
