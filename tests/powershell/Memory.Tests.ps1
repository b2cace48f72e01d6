# The memory of a PowerShell process holds no key, and no copy of a token except the caller's SecureString and the entry in the
# cache. (On Linux, .NET does not encrypt a SecureString, so the search finds it.) tests/memory.rs tests the library alone.
# These tests are slow and run only with ARCTOKEN_FULL=1.

# This runs during discovery.
if ($env:ARCTOKEN_FULL -ne '1') {
    Describe 'A memory search of a PowerShell' {
        It 'finds nothing but what is meant to be there' {
            Set-ItResult -Skipped -Because 'it takes a while: only with ARCTOKEN_FULL=1'
        }
    }
    return
}

BeforeDiscovery {
    $noLinux = -not $IsLinux
    # With these faults, the key or the token passes through most parts of library and module before the call fails.
    $faults = '401-after-challenge', '500-after-challenge', 'key-echoed', 'key-echoed-as-code', 'key-echoed-as-field', 'key-echoed-as-page',
    'key-echoed-as-type', 'key-echoed-without-token', 'key-4097-bytes', 'key-inner-newline', 'html-200-after-challenge', 'json-truncated',
    'json-trailing', 'json-duplicate-token', 'token-with-newline', 'expires-on-past', 'selector-ignored', 'hangs-within-body-after-challenge'
    $calls = 50
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    if ($IsLinux) {
        . "$PSScriptRoot/memory.ps1"
        $shell = Start-TestShell
        $null = Invoke-TestShell $shell "Import-Module '$ModulePath'"
    }

    # Disposes and clears everything that the PowerShell holds.
    function Clear-TestShell {
        Invoke-TestShell $shell '$token.ForEach({ $_.Dispose() }); $token = $null; $Error.Clear(); Clear-ArcTokenCache'
    }

    # Searches until it finds exactly the expected copies, for five seconds at most: the thread of an exchange may still run.
    function Wait-SecretCopy($Emulator, [string[]]$Expected = @()) {
        $until = [datetime]::Now.AddSeconds(5)
        do {
            $found = @(Find-SecretCopy $shell.Id $Emulator)
        } until (-not (Compare-Object $found $Expected) -or [datetime]::Now -gt $until)
        $found
    }

    # A call of Get-ArcToken as text.
    function Get-Call($Emulator, [string]$More) {
        "Get-ArcToken -Endpoint $($Emulator.Endpoint) -KeyDirectory '$($Emulator.KeyDirectory)' $More"
    }
}

AfterAll {
    if ($IsLinux) {
        $shell.Kill()
    }
}

Describe 'In the memory of a PowerShell' -Skip:$noLinux {
    BeforeEach {
        $agent = $null
    }

    AfterEach {
        $null = Clear-TestShell
        Stop-Emulator $agent
    }

    It 'the search finds a <Kind> that is there' -ForEach @{ Kind = 'token' }, @{ Kind = 'key' } {
        $agent = Start-Emulator
        Invoke-TestShell $shell "`$token = $(Get-Call $agent); 'Ok'" | Should -Be 'Ok'
        Clear-TestShell
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
        $folder = New-TestFolder
        try {
            [IO.File]::WriteAllText("$folder/secret", (Get-Issued $agent)."${Kind}s"[0])
            $null = Invoke-TestShell $shell "`$bytes = [IO.File]::ReadAllBytes('$folder/secret')"
            Wait-SecretCopy $agent | Should -BeLike "* of $Kind 1 in UTF-8"
            $null = Invoke-TestShell $shell '$text = [Text.Encoding]::UTF8.GetString($bytes)'
            (Wait-SecretCopy $agent)[1] | Should -BeLike "* of $Kind 1 in UTF-16"
        }
        finally {
            $null = Invoke-TestShell $shell '[array]::Clear($bytes); $bytes = $text = $null'
            Remove-Item $folder -Recurse
        }
    }

    It 'a token is in its SecureString and in the cache, until Dispose and Clear-ArcTokenCache' {
        $agent = Start-Emulator
        Invoke-TestShell $shell "`$token = $(Get-Call $agent '-Verbose -Debug' ) 4>`$null 5>`$null; 'Ok'" | Should -Be 'Ok'
        # Reading the claims must leave no copy of the token.
        Invoke-TestShell $shell '$token.Claims.ver' | Should -Be '1.0'
        $both = '1 of token 1 in UTF-8', '1 of token 1 in UTF-16'
        Wait-SecretCopy $agent $both | Should -Be $both
        $null = Invoke-TestShell $shell '$token.Dispose()'
        Wait-SecretCopy $agent $both[0] | Should -Be $both[0]
        Invoke-TestShell $shell "`$token = $(Get-Call $agent); 'from the cache'" | Should -Be 'from the cache'
        Wait-SecretCopy $agent $both | Should -Be $both
        $null = Invoke-TestShell $shell 'Clear-ArcTokenCache'
        Wait-SecretCopy $agent $both[1] | Should -Be $both[1]
        $null = Invoke-TestShell $shell '$token.Dispose()'
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
    }

    It 'a token in a credential is in its SecureString and in the cache, until Dispose and Clear-ArcTokenCache' {
        $agent = Start-Emulator
        Invoke-TestShell $shell "`$credential = $(Get-Call $agent '-AsCredential' ); `$credential.GetType().Name" | Should -Be 'PSCredential'
        $both = '1 of token 1 in UTF-8', '1 of token 1 in UTF-16'
        Wait-SecretCopy $agent $both | Should -Be $both
        $null = Invoke-TestShell $shell '$credential.Password.Dispose()'
        Wait-SecretCopy $agent $both[0] | Should -Be $both[0]
        $null = Invoke-TestShell $shell 'Clear-ArcTokenCache'
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
    }

    It 'nothing is left of <_> tokens that were disposed and replaced' -ForEach $calls {
        $agent = Start-Emulator
        $null = Invoke-TestShell $shell "1..$_ | ForEach-Object { (Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)' -ForceRefresh).Dispose() }"
        (Get-Issued $agent).tokens.Count | Should -Be $_
        Wait-SecretCopy $agent "1 of token $_ in UTF-8" | Should -Be "1 of token $_ in UTF-8"
        $null = Clear-TestShell
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
    }

    It 'nothing is left of a failure (<_>)' -ForEach $faults {
        $agent = Start-Emulator '--fault', $_
        $more = $_ -eq 'selector-ignored' ? '-ClientId 0a11ce00-c11e-4000-8000-000000000005' : $_ -like 'hangs*' ? '-TimeoutSec 2' : ''
        # The error stays in $Error, as in an interactive session.
        $call = Get-Call $agent "$more -Verbose -Debug -ErrorAction Continue"
        Invoke-TestShell $shell "`$output = $call *>&1 | Out-String; `$Error.Count" | Should -Be 1
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
    }

    It 'nothing is left of a call that was stopped (<_>)' -ForEach 'no-answer-before-challenge', 'hangs-within-body-before-challenge',
    'no-answer-after-challenge', 'hangs-within-headers-after-challenge', 'hangs-within-body-after-challenge', 'late-after-challenge',
    'byte-a-second-after-challenge', 'byte-a-second-body-after-challenge', '503-once-retry-after-absurd-after-challenge' {
        $agent = Start-Emulator '--fault', $_
        $script = (Get-Call $agent).Replace("'", "''")
        $null = Invoke-TestShell $shell "`$call = [powershell]::Create().AddScript('Import-Module ''$ModulePath''; $script'); `$null = `$call.BeginInvoke()"
        $afterKey = $_ -like '*after-challenge'
        while (-not @(Get-AgentRequest $agent).Where({ $_.keyed -or -not $afterKey })) { Start-Sleep -Milliseconds 20 }
        Start-Sleep -Milliseconds 200 # By now the client has processed the answer.
        Invoke-TestShell $shell "`$call.Stop(); `$call.InvocationStateInfo.State; `$call.Dispose()" | Should -Be 'Stopped'
        Wait-SecretCopy $agent | Should -BeNullOrEmpty
    }
}
