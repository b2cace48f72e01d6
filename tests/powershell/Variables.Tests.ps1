# Environment variables as the session sees them. On Linux and macOS .NET keeps its own copy of the environment: what a session changes in
# $env: does not reach native code, and what the process was started with stays there.

BeforeAll {
    . "$PSScriptRoot/common.ps1"

    # Addresses that are refused before anything is sent, and that the errors show.
    $started = @{ IDENTITY_ENDPOINT = 'http://192.0.2.1/'; IMDS_ENDPOINT = 'http://192.0.2.1' }

    # Runs steps in a process that was started with these variables. After each step it gets the errors and the rows of Test-ArcAgent.
    function Invoke-Session([string[]]$Steps, [hashtable]$Environment = $started) {
        $observe = {
            $errors = foreach ($command in 'Get-ArcToken', 'Get-ArcMachine') {
                & $command -TimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable problem
                $problem | ForEach-Object { $_.Exception.Message }
            }
            $rows = @{}
            Test-ArcAgent -TimeoutSec 1 | ForEach-Object { $rows[$_.Name] = "$($_.Status): $($_.Detail)" }
            @{ Errors = @($errors); Rows = $rows }
        }
        $script = $Steps | ForEach-Object { "$_; & `$observe" }
        Invoke-PowerShellObject -Environment $Environment -Script "Import-Module '$ModulePath'; `$observe = { $observe }; @($($script -join '; ')) | ConvertTo-Json"
    }
}

Describe 'The variables of a session' {
    It 'win over those that its process was started with: removed ones' -Skip:(Test-Path /opt/azcmagent) {
        $result = Invoke-Session 'Remove-Item Env:IDENTITY_ENDPOINT, Env:IMDS_ENDPOINT'
        $result.Errors.Count | Should -Be 2
        $result.Errors | ForEach-Object { $_ | Should -Not -Match '192\.0\.2' }
        $result.Rows.Endpoint | Should -BeLike "Skip: *'Agent installed' failed*"
        $result.Rows.'Environment variables' | Should -BeLike 'Pass: * are not set, *'
    }

    It 'win over those that its process was started with: changed ones' {
        $result = Invoke-Session '$env:IDENTITY_ENDPOINT = "http://192.0.2.2/"'
        $result.Errors.Count | Should -Be 2
        $result.Errors | Should -BeLike "*'http://192.0.2.2/'*"
        $result.Rows.Endpoint | Should -BeLike 'Fail: EndpointRefused: *192.0.2.2*'
        $result.Rows.'Environment variables' | Should -BeLike "Warning: *see 'Endpoint'*"
    }

    It 'count though its process was started without them' {
        $result = Invoke-Session '$env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = "http://192.0.2.3/", "x"' @{ IDENTITY_ENDPOINT = $null; IMDS_ENDPOINT = $null }
        $result.Errors.Count | Should -Be 2
        $result.Errors | Should -BeLike "*'http://192.0.2.3/'*"
        $result.Rows.Endpoint | Should -BeLike 'Fail: EndpointRefused: *192.0.2.3*'
    }

    It 'say that the address is another service''s, set in the session' -Skip:(Test-Path /opt/azcmagent) {
        $signs = 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT', 'MSI_SECRET'
        $results = Invoke-Session ($signs | ForEach-Object { "`$env:IDENTITY_HEADER = `$env:IDENTITY_SERVER_THUMBPRINT = `$env:MSI_SECRET = `$null; `$env:$_ = 'hunter2'" })
        foreach ($i in 0..2) {
            $results[$i].Errors.Count | Should -Be 2
            $results[$i].Errors | ForEach-Object { $_ | Should -Not -Match '192\.0\.2' }
            $results[$i].Rows.'Environment variables' | Should -BeLike "Warning: IDENTITY_ENDPOINT is set with $($signs[$i]), so it is another service's*"
        }
        $results | ConvertTo-Json -Depth 5 | Should -Not -BeLike '*hunter2*'
    }

    It 'name the proxies' {
        $environment = [hashtable]::new($started, [StringComparer]::Ordinal)
        # On Windows the letter case is not part of a variable's name.
        'http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY' | Where-Object { -not $IsWindows -or $_ -ne 'HTTP_PROXY' } |
            ForEach-Object { $environment[$_] = $null }
        $environment['HTTP_PROXY'] = 'http://hunter2.example'
        $results = Invoke-Session '', '$env:NO_PROXY = "127.0.0.1"', 'Remove-Item Env:HTTP_PROXY, Env:NO_PROXY', '$env:ALL_PROXY = "http://hunter2.example"' $environment
        $rows = $results | ForEach-Object { $_.Rows.'Proxy variables' }
        $rows[0] | Should -BeLike 'Warning: *HTTP_PROXY*'
        $rows[1] | Should -BeLike 'Pass: *HTTP_PROXY*'
        $rows[2] | Should -BeLike 'Pass: No proxy variable*'
        $rows[3] | Should -BeLike 'Warning: *ALL_PROXY*'
        "$rows" | Should -Not -BeLike '*hunter2*'
    }

    It 'are handed over to the library, each that the library reads' {
        $read = Get-ChildItem "$RepositoryRoot/src" -Recurse -Filter *.rs | ForEach-Object {
            $text = Get-Content -Raw $_
            if ($text -match '\.environment\)\(|process_variable\(') {
                [regex]::Matches(($text -split '#\[cfg\(test\)\]')[0], '"((?:[A-Z]+_)+[A-Z]+|[a-z]+_proxy)"').ForEach({ $_.Groups[1].Value })
            }
        }
        $read.Count | Should -BeGreaterThan 10
        $type = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Native.SessionVariables', $true)
        $handed = 'values', 'signs' | ForEach-Object { $type.GetField($_, [Reflection.BindingFlags]'Static, NonPublic').GetValue($null) }
        $handed | Sort-Object -CaseSensitive | Should -BeExactly ($read | Sort-Object -CaseSensitive -Unique)
    }
}
