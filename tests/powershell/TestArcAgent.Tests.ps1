# Test-ArcAgent: it writes one row for each check, and no error. The library's own tests cover the findings of the checks.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $names = 'Agent installed', 'Endpoint', 'Environment variables', 'Port', 'Listener', 'Agent connected', 'Key directory', 'Token', 'Identity', 'Clock',
        'Proxy variables', 'Az.Accounts'
    # This port was free a moment ago, so nobody listens there.
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $nowhere = @{ Endpoint = "http://127.0.0.1:$port/metadata/identity/oauth2/token"; KeyDirectory = $agent.KeyDirectory }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Test-ArcAgent' {
    It 'writes a row for each check in a fixed order' {
        $checks = @(Test-ArcAgent @where)
        $checks | Should -BeOfType ([ArcToken.AgentCheck])
        $checks.Name | Should -Be $names
        $checks.Where({ $_.Status -eq 'Fail' }) | Should -BeNullOrEmpty
        $checks.Where({ $_.Name -eq 'Token' }).Status | Should -Be 'Pass'
        $checks.Detail | Should -Not -Contain ''
    }

    It 'asks for the resource it is given' {
        Reset-Emulator $agent
        $null = Test-ArcAgent https://vault.azure.net @where
        @(Get-AgentRequest $agent).query -match 'vault\.azure\.net' | Should -Not -BeNullOrEmpty
    }

    It 'says what is wrong and what to do in rows, without an error' {
        $checks = @(Test-ArcAgent @nowhere -ErrorVariable errors 2>&1)
        $errors | Should -BeNullOrEmpty
        $checks.Name | Should -Be $names
        $failed = $checks.Where({ $_.Status -eq 'Fail' })
        $failed.Name | Should -Be 'Port'
        $failed.Advice | Should -Not -BeNullOrEmpty
    }

    It 'gives one bool with -Quiet: <Expected>' -ForEach @(@{ Place = 'where'; Expected = $true }, @{ Place = 'nowhere'; Expected = $false }) {
        $place = Get-Variable $Place -ValueOnly
        $result = @(Test-ArcAgent @place -Quiet)
        $result.Count | Should -Be 1
        $result[0] | Should -BeOfType ([bool])
        $result[0] | Should -Be $Expected
    }

    It 'has no secret in any row or view' {
        . "$PSScriptRoot/find-secret.ps1"
        Reset-Emulator $agent
        $checks = Test-ArcAgent @where -ForceRefresh
        $issued = Get-Issued $agent
        $issued.tokens | Should -Not -BeNullOrEmpty
        Find-Secret ($checks | Format-List * | Out-String), ($checks | ConvertTo-Json), ($checks | Out-String) (@($issued.tokens) + @($issued.keys)) | Should -BeNullOrEmpty
    }

    It 'is stopped at once while it waits, and so is <_>' -ForEach 'Test-ArcAgent', 'Get-ArcMachine' {
        # This listener accepts connections and never answers.
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $place = @{ Endpoint = "http://$($silent.LocalEndpoint)/metadata/identity/oauth2/token"; KeyDirectory = $agent.KeyDirectory }
        $call = [powershell]::Create().AddScript("param(`$Module, `$Where) Import-Module `$Module; $_ @Where").AddArgument($ModulePath).AddArgument($place)
        try {
            $null = $call.BeginInvoke()
            $silent.AcceptTcpClientAsync().Wait(20000) | Should -BeTrue
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $call.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan (Get-TimeLimit 2)
            $call.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally {
            $silent.Stop()
            $call.Dispose()
        }
    }
}

Describe 'The view of the checks' {
    BeforeAll {
        $script = "Import-Module '$ModulePath'; [cultureinfo]::CurrentCulture = 'en-US'; `$PSStyle.OutputRendering = '{0}'; Test-ArcAgent -Endpoint '$($nowhere.Endpoint)' -KeyDirectory '$($nowhere.KeyDirectory)' | Out-String -Stream"
    }

    It 'has colours where the host has them, and the advice below the detail' {
        $lines = (Invoke-PowerShell ($script -f 'Ansi')).Output -split '\r?\n'
        $lines -match "^`e\[31mFail`e\[0m +Port" | Should -Not -BeNullOrEmpty
        $lines -match "^`e\[32mPass`e\[0m +Endpoint" | Should -Not -BeNullOrEmpty
        $lines -match '^ {30}\S' | Should -Not -BeNullOrEmpty
    }

    It 'has none in plain text, and breaks no word' {
        $lines = (Invoke-PowerShell ($script -f 'PlainText')).Output -split '\r?\n'
        $lines -match "`e" | Should -BeNullOrEmpty
        $lines -match '^Fail    Port  ' | Should -Not -BeNullOrEmpty
        ($lines -join ' ' -replace ' +', ' ') | Should -Match 'azcmagent show'
    }
}

Describe 'The row of Az.Accounts' {
    BeforeAll {
        $modules = New-TestFolder

        # Returns the row of Az.Accounts for a module of this version, or for none, with or without the agent's variables.
        function Get-AzRow([string]$Version, [bool]$Set) {
            $folder = Join-Path $modules ($Version ? "v$Version" : 'none')
            if ($Version -and -not (Test-Path $folder)) {
                $null = New-Item -ItemType Directory "$folder/Az.Accounts/$Version"
                New-ModuleManifest "$folder/Az.Accounts/$Version/Az.Accounts.psd1" -ModuleVersion $Version
            }
            $environment = @{
                IDENTITY_ENDPOINT = $Set ? $nowhere.Endpoint : $null
                IMDS_ENDPOINT     = $Set ? 'http://127.0.0.1' : $null
            }
            Invoke-PowerShellObject "`$env:PSModulePath = '$folder'; Import-Module '$ModulePath'
                Test-ArcAgent -Endpoint '$($nowhere.Endpoint)' -KeyDirectory '$($nowhere.KeyDirectory)' | Select-Object -Last 1 | ConvertTo-Json" $environment
        }
    }

    AfterAll {
        Remove-TestFolder $modules
    }

    It 'is <Status> for version "<Version>", variables set: <Set>' -ForEach @(
        @{ Version = ''; Set = $false; Status = 'Skip'; Text = '*not installed*' }
        @{ Version = '2.2.0'; Set = $true; Status = 'Warning'; Text = '*does not know*' }
        @{ Version = '2.15.1'; Set = $false; Status = 'Warning'; Text = '*not both set*' }
        @{ Version = '2.15.1'; Set = $true; Status = 'Pass'; Text = '*2.15.1*IMDS_ENDPOINT*' }
        @{ Version = '5.5.1'; Set = $false; Status = (Test-Path /opt/azcmagent/bin/himds) ? 'Pass' : 'Warning'; Text = '*himds*' }
    ) {
        $row = Get-AzRow $Version $Set
        $row.Name | Should -Be 'Az.Accounts'
        [ArcToken.CheckStatus]$row.Status | Should -Be $Status
        $row.Detail | Should -BeLike $Text
        [bool]$row.Advice | Should -Be ($Status -eq 'Warning')
    }

    It 'calls no function that has the name of Get-Module' {
        $called = [Collections.Generic.List[string]]::new()
        $function = { $called.Add("$args") }.GetNewClosure()
        $names = 'Get-Module', 'Microsoft.PowerShell.Core\Get-Module'
        $names | ForEach-Object { Set-Item "Function:global:$_" $function }
        try {
            @(Test-ArcAgent @nowhere)[-1].Name | Should -Be 'Az.Accounts'
            $called.Count | Should -Be 0
        }
        finally {
            $names | ForEach-Object { Remove-Item "Function:$_" }
        }
    }
}
