# No output, log or serialised object of Get-ArcToken holds a token or a key, except with a switch that asks for plain text.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/find-secret.ps1"
    $agent = Start-Emulator
    $where = $agent.Where

    # All tokens and keys that the emulator has issued.
    function Get-Secret {
        $issued = Get-Issued $agent
        @($issued.tokens) + @($issued.keys)
    }

    # Fails if a text holds a secret. Also fails if the emulator has not issued enough secrets for a meaningful search.
    function Assert-NoSecret([string[]]$Text, [int]$AtLeast = 1) {
        ($Text -join '').Length | Should -BeGreaterThan 20 -Because 'there is something to search'
        $secrets = @(Get-Secret)
        $secrets.Count | Should -BeGreaterOrEqual $AtLeast -Because 'there are secrets to be found'
        Find-Secret $Text $secrets | Should -BeNullOrEmpty
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'The search for secrets' {
    It 'finds a token <Name>' -ForEach @(
        @{ Name = 'as it is'; Form = { $args[0] } }
        @{ Name = 'in wrapped text'; Form = { $args[0] -replace '(.{60})', "`$1`n   " } }
        @{ Name = 'that is cut short'; Form = { $args[0].Substring(0, 40) + '...' } }
        @{ Name = 'in an exported SecureString'; Form = { [Management.Automation.PSSerializer]::Serialize((ConvertTo-SecureString $args[0] -AsPlainText)) } }
    ) {
        if ($IsWindows -and $Name -like '*SecureString') { Set-ItResult -Skipped -Because 'Windows encrypts it' }
        $text = & $Form (Get-ArcToken @where -AsPlainText)
        Find-Secret $text (Get-Secret) | Should -Not -BeNullOrEmpty
    }
}

Describe 'A token object keeps its token out of' {
    BeforeAll {
        $token = Get-ArcToken @where
    }

    It '<Name>' -ForEach @(
        @{ Name = 'its default view'; Form = { $token | Out-String } }
        @{ Name = 'a list of all its properties'; Form = { $token | Format-List * -Force | Out-String } }
        @{ Name = 'Format-Table *'; Form = { $token | Format-Table * -Force | Out-String -Width 5000 } }
        @{ Name = 'Format-Custom'; Form = { $token | Format-Custom -Depth 3 | Out-String -Width 5000 } }
        @{ Name = 'Format-Wide'; Form = { $token | Format-Wide -Property Token | Out-String -Width 5000 } }
        @{ Name = 'ConvertTo-Json'; Form = { $token | ConvertTo-Json -Depth 5 } }
        @{ Name = 'ConvertTo-Csv'; Form = { $token | ConvertTo-Csv } }
        @{ Name = 'ConvertTo-Xml'; Form = { ($token | ConvertTo-Xml -Depth 3).OuterXml } }
        @{ Name = 'ConvertTo-Html'; Form = { $token | ConvertTo-Html } }
        @{ Name = 'a string'; Form = { "$token", [string]$token, $token.ToString(), ('{0}' -f $token) } }
        @{ Name = 'its members'' descriptions'; Form = { $token | Get-Member | Out-String -Width 5000 } }
        @{ Name = 'Export-Clixml'; Form = { [Management.Automation.PSSerializer]::Serialize($token, 10) } }
        @{ Name = 'Export-Clixml of a list of hashtables with it'; Form = { [Management.Automation.PSSerializer]::Serialize(@(@{ Key = @{ Token = $token } }), 10) } }
        @{ Name = 'Export-Clixml of an object with it'; Form = { [Management.Automation.PSSerializer]::Serialize([pscustomobject]@{ Inner = $token }, 10) } }
    ) {
        Assert-NoSecret (& $Form | ForEach-Object { "$_" })
    }

    It 'a file of Export-Clixml, from which all else comes back' {
        $folder = New-TestFolder
        try {
            $token | Export-Clixml "$folder/token.xml"
            Assert-NoSecret (Get-Content "$folder/token.xml")
            $back = Import-Clixml "$folder/token.xml"
            $back.psobject.Properties['Token'] | Should -BeNullOrEmpty
            $back.ClientId | Should -Be $token.ClientId
            $back | Out-String | Should -BeLike "*$($token.Resource)*"
        }
        finally {
            Remove-TestFolder $folder
        }
    }

    It 'what a job is given' {
        $seen = Start-Job { $using:token, $args[0] | ForEach-Object { [Management.Automation.PSSerializer]::Serialize($_) } } -ArgumentList $token | Receive-Job -Wait -AutoRemoveJob
        Assert-NoSecret $seen
        $seen[0] | Should -BeLike "*$($token.ClientId)*"
    }

    It 'what a job gives back' {
        $back = Start-Job {
            Import-Module $using:ModulePath
            $where = $using:where
            Get-ArcToken @where
        } | Receive-Job -Wait -AutoRemoveJob
        $back.Resource | Should -Be 'https://management.azure.com/'
        $back.psobject.Properties['Token'] | Should -BeNullOrEmpty
        Assert-NoSecret ([Management.Automation.PSSerializer]::Serialize($back, 10)), ($back | Format-List * -Force | Out-String)
    }
}

# In a runspace that has not imported the module, and in one that has removed it, PowerShell goes by the object alone.
Describe 'Without the module, a token object' {
    BeforeAll {
        $token = Get-ArcToken @where
        $plain = Get-ArcToken @where -AsPlainText
        $serialise = { param($token) [Management.Automation.PSSerializer]::Serialize($token, 10); $token | ConvertTo-Json -Depth 5; $token | Format-List * -Force | Out-String -Width 5000 }
        # The ways that take a SecureString: by parameter, by pipeline, by constructor, by a choice of constructors.
        $use = {
            param($token)
            function Get-Given([securestring]$Secret) { [Net.NetworkCredential]::new('', $Secret).Password }
            Get-Given $token.Token
            Get-Given $token
            ConvertFrom-SecureString $token.Token -AsPlainText
            $token.Token | ConvertFrom-SecureString -AsPlainText
            [pscredential]::new('x', $token.Token).GetNetworkCredential().Password
            [Net.NetworkCredential]::new('', $token.Token).Password
            $token.Token.ToString().Length -lt 30
        }
        $threadJob = { param($script) Start-ThreadJob { & ([scriptblock]::Create($args[0])) $using:token } -ArgumentList "$script" | Receive-Job -Wait -AutoRemoveJob }
        $parallel = { param($script) "$script" | ForEach-Object -Parallel { & ([scriptblock]::Create($_)) $using:token } }
        $bare = { param($script) $shell = [powershell]::Create(); $shell.AddScript("$script").AddArgument($token).Invoke(); $shell.Dispose() }
        $removed = {
            param($script)
            Invoke-PowerShellObject "Import-Module '$ModulePath'; `$token = Get-ArcToken -Endpoint '$($agent.Endpoint)' -KeyDirectory '$($agent.KeyDirectory)'
                Remove-Module ArcToken; ConvertTo-Json @(& {$script} `$token)"
        }
    }

    It 'gives no token to a serialiser in <Where>' -ForEach @(
        @{ Where = 'a thread job'; Run = 'threadJob' }, @{ Where = 'ForEach-Object -Parallel'; Run = 'parallel' }
        @{ Where = 'a bare runspace'; Run = 'bare' }, @{ Where = 'a session that has removed the module'; Run = 'removed' }
    ) {
        $seen = & (Get-Variable $Run -ValueOnly) $serialise
        Assert-NoSecret $seen
        "$seen" | Should -BeLike "*$($token.ClientId)*"
    }

    It 'is of use in <Where>' -ForEach @(
        @{ Where = 'a thread job'; Run = 'threadJob' }, @{ Where = 'ForEach-Object -Parallel'; Run = 'parallel' }
        @{ Where = 'a bare runspace'; Run = 'bare' }, @{ Where = 'a session that has removed the module'; Run = 'removed' }
    ) {
        $seen = & (Get-Variable $Run -ValueOnly) $use
        $token = @((Get-Issued $agent).tokens)[-1]
        $seen | Should -Be (@($token) * 6 + $true)
    }

    It 'has its SecureString where the module is in the initial state of a runspace' {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule($ModulePath)
        $shell = [powershell]::Create($state)
        $shell.AddScript('param($token) $token.Token -is [securestring]').AddArgument($token).Invoke() | Should -BeTrue
        $shell.Dispose()
    }
}

Describe 'Get-ArcToken itself writes no secret' {
    BeforeEach {
        Reset-Emulator $agent
    }

    AfterAll {
        Reset-Emulator $agent
    }

    It 'to any stream, even with -Verbose and -Debug' {
        $ErrorActionPreference = 'Continue'
        $output = Get-ArcToken https://management.azure.com/, '' @where -Verbose -Debug *>&1
        $output.Where({ $_ -is [Management.Automation.VerboseRecord] }).Count | Should -BeGreaterThan 3
        $output.Where({ $_ -is [Management.Automation.DebugRecord] }).Count | Should -BeGreaterThan 1
        Assert-NoSecret ($output | Out-String -Width 10000) -AtLeast 2
        Assert-NoSecret ($output | Format-List * -Force | Out-String -Width 10000) -AtLeast 2
    }

    It 'when it fails after the key or the token has come (<_>)' -ForEach @(
        '401-after-challenge', '500-after-challenge', '404-after-challenge', 'html-200-after-challenge', 'key-inner-newline', 'key-binary'
        'json-truncated', 'json-duplicate-token', 'json-trailing', 'token-with-crlf', 'token-non-ascii', 'expires-on-past', 'selector-ignored'
    ) {
        Set-Fault $agent $_
        $ErrorActionPreference = 'Continue'
        $Error.Clear()
        $selector = if ($_ -eq 'selector-ignored') { @{ ClientId = '0a11ce00-c11e-4000-8000-000000000005' } } else { @{} }
        $output = Get-ArcToken @where @selector -TimeoutSec 3 -Verbose -Debug *>&1
        $records = @($output.Where({ $_ -is [Management.Automation.ErrorRecord] })) + @($Error)
        $records.Count | Should -BeGreaterThan 0
        Assert-NoSecret @(
            $output | Out-String -Width 10000
            $Error | Out-String -Width 10000
            $records | Format-List * -Force | Out-String -Width 10000
            $records.Exception | Format-List * -Force | Out-String -Width 10000
            Get-Error | Out-String -Width 10000
            $records | ForEach-Object { [Management.Automation.PSSerializer]::Serialize($_, 3) }
            $records | ForEach-Object { $_.Exception.ToString() }
        )
    }
}

Describe 'The verbose stream' {
    BeforeAll {
        # A script module passes its caller's preference variables on in this way.
        $caller = New-Module -Name ArcTokenCaller { function Invoke-Caller { [CmdletBinding()] param($Where) Get-ArcToken @Where -ForceRefresh } }
    }

    AfterAll {
        Remove-Module $caller
        Reset-Emulator $agent
    }

    It 'tells each step in order' {
        $steps = @(Get-ArcToken @where -ForceRefresh -Verbose 4>&1).Where({ $_ -is [Management.Automation.VerboseRecord] }).Message
        $steps[0] | Should -BeLike "*$($agent.Endpoint) (given by the caller)*"
        "$steps" | Should -BeLike '*Asking the agent*.key*Got a token*'
    }

    It 'follows the preference of whoever calls' {
        $VerbosePreference = 'SilentlyContinue'
        @(Get-ArcToken @where -ForceRefresh 4>&1).Count | Should -Be 1
        @(Invoke-Caller $where -Verbose 4>&1).Count | Should -BeGreaterThan 3
        $VerbosePreference = 'Continue'
        @(Get-ArcToken @where -ForceRefresh 4>&1).Count | Should -BeGreaterThan 3
        @(Get-ArcToken @where -ForceRefresh -Verbose:$false 4>&1).Count | Should -Be 1
    }

    It 'tells the steps of a failure too' {
        Set-Fault $agent '400-after-challenge'
        $ErrorActionPreference = 'Continue'
        $output = @(Get-ArcToken @where -ForceRefresh -Verbose *>&1)
        $output.Where({ $_ -is [Management.Automation.VerboseRecord] }).Count | Should -BeGreaterThan 2
    }
}
