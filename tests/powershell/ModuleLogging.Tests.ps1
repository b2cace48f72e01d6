# PowerShell's module logging writes the parameters of a command to the system's log. A login's tokens do not get there.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    Enable-AzStandIn
    $agent = Start-Emulator
    $where = $agent.Where
    $azure = Start-LoopbackService $agent
    $env:ARCTOKEN_TEST_ARM = $azure.Uri.ToString().TrimEnd('/')
    $quiet = @{ WarningAction = 'Ignore' }
    $module = (Get-Command Connect-AzAccount -CommandType Cmdlet).Module
    $loggedBefore = $module.LogPipelineExecutionDetails
}

AfterAll {
    $module.LogPipelineExecutionDetails = $loggedBefore
    $azure.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe 'Module logging of Az.Accounts' {
    BeforeEach {
        $module.LogPipelineExecutionDetails = $true
        [AzStandIn.Recorder]::Calls.Clear()
    }

    It 'is off while Az''s cmdlet has the token, and on again afterwards: <Name>' -ForEach @(
        @{ Name = 'a token that is asked for'; Call = { Connect-ArcAzAccount @where @quiet } }
        @{ Name = 'three tokens'; Call = { Connect-ArcAzAccount @where -KeyVault -MicrosoftGraph @quiet } }
        @{ Name = 'an object from the pipeline'; Call = { Get-ArcToken @where | Connect-ArcAzAccount @quiet } }
        @{ Name = 'a credential'; Call = { Connect-ArcAzAccount (Get-ArcToken @where -AsCredential) @quiet } }
        @{ Name = '-WhatIf'; Call = { Connect-ArcAzAccount (Get-ArcToken @where) -WhatIf } }
        @{ Name = 'Connect-AzAccount -AccessTokenCredential'; Call = {
                Enable-ArcAzCredential
                try { Connect-AzAccount -AccessTokenCredential (Get-ArcToken @where -AsCredential) @quiet } finally { Disable-ArcAzCredential }
            }
        }
    ) {
        $null = & $Call
        [AzStandIn.Recorder]::Calls.Logged | Should -Be $false
        $module.LogPipelineExecutionDetails | Should -BeTrue
    }

    It 'is on again after <Name>' -ForEach @(
        @{ Name = 'an error'; Call = { Connect-ArcAzAccount @where @quiet -ErrorAction SilentlyContinue } }
        @{ Name = 'an error that ends the pipeline'; Call = { try { Connect-ArcAzAccount @where @quiet -ErrorAction Stop } catch { 'caught' } } }
        @{ Name = 'an exception'; Call = { try { Connect-ArcAzAccount @where @quiet -SkipValidation -Subscription name } catch { 'caught' } } }
        @{ Name = 'a pipeline that has enough'; Call = { Connect-ArcAzAccount @where @quiet -SkipValidation | Select-Object -First 1 } }
    ) {
        $before = $env:ARCTOKEN_TEST_ARM
        $env:ARCTOKEN_TEST_ARM = 'http://127.0.0.1:1'
        try { $null = & $Call } finally { $env:ARCTOKEN_TEST_ARM = $before }
        [AzStandIn.Recorder]::Calls.Logged | Should -Be $false
        $module.LogPipelineExecutionDetails | Should -BeTrue
    }

    It 'is left on for -Identity, which has no token' {
        $before = $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT
        $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = 'http://127.0.0.1:1/metadata/identity/oauth2/token', 'http://127.0.0.1:1'
        try { $null = Connect-ArcAzAccount -Identity @quiet } finally { $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = $before }
        [AzStandIn.Recorder]::Calls.Logged | Should -Be $true
    }

    It 'stays off where it was off' {
        $module.LogPipelineExecutionDetails = $false
        $messages = @(Connect-ArcAzAccount @where @quiet -Verbose 4>&1).Where({ $_ -is [Management.Automation.VerboseRecord] }).Message
        $module.LogPipelineExecutionDetails | Should -BeFalse
        $messages -like 'Module logging*' | Should -BeNullOrEmpty
    }

    It 'has a gap that -Verbose tells of' {
        $messages = @(Connect-ArcAzAccount @where @quiet -Verbose 4>&1).Where({ $_ -is [Management.Automation.VerboseRecord] }).Message
        $messages -like 'Module logging*' | Should -Be 'Module logging of Az.Accounts is on. This call of Connect-AzAccount is left out of it, because its parameters hold tokens.'
    }

    It 'stays off until the outer one of two nested logins ends' {
        $during = Connect-ArcAzAccount @where @quiet | ForEach-Object { $null = Connect-ArcAzAccount @where @quiet; $module.LogPipelineExecutionDetails }
        $during | Should -BeFalse
        [AzStandIn.Recorder]::Calls.Logged | Should -Be $false, $false
        $module.LogPipelineExecutionDetails | Should -BeTrue
    }

    It 'stays off until the last one of two simultaneous logins ends, and is then as it was' {
        # Both runspaces have the one module object.
        $shell = [powershell]::Create().AddScript('param($ArcToken, $Az, $Where) Import-Module $Az; Import-Module $ArcToken; Connect-ArcAzAccount @Where -ContextName "wait for ever"')
        $null = $shell.AddArgument($ModulePath).AddArgument((Get-Module Az.Accounts)).AddArgument($where)
        try {
            $null = $shell.BeginInvoke()
            for ($i = 0; $i -lt 200 -and -not [AzStandIn.Recorder]::Calls.Count; $i++) { Start-Sleep -Milliseconds 50 }
            $module.LogPipelineExecutionDetails | Should -BeFalse -Because 'the other login is under way'
            $null = Connect-ArcAzAccount @where @quiet
            $module.LogPipelineExecutionDetails | Should -BeFalse -Because 'the other login is still under way'
        }
        finally {
            $shell.Stop()
            $shell.Dispose()
        }
        $module.LogPipelineExecutionDetails | Should -BeTrue
        [AzStandIn.Recorder]::Calls.Logged | Should -Be $false, $false
    }

    It 'that cannot be turned off is warned of before the token goes out' {
        # A hook of the session gives a cmdlet without a module, and so without the flag.
        $hooks = $ExecutionContext.SessionState.InvokeCommand
        $hooks.PreCommandLookupAction = {
            param($Name, $Lookup)
            if ($Name -eq 'Az.Accounts\Connect-AzAccount') {
                $Lookup.Command = [Management.Automation.CmdletInfo]::new('Connect-AzAccount', [AzStandIn.ConnectAzAccountCommand])
                $Lookup.StopSearch = $true
            }
        }
        try {
            $null = Connect-ArcAzAccount @where -WarningVariable warnings -WarningAction SilentlyContinue
            "$($warnings[0])" | Should -BeLike 'Connect-AzAccount cannot be left out of module logging.*'
            $calls = [AzStandIn.Recorder]::Calls.Count
            { Connect-ArcAzAccount @where -WarningAction Stop } | Should -Throw
            [AzStandIn.Recorder]::Calls.Count | Should -Be $calls
        }
        finally {
            $hooks.PreCommandLookupAction = $null
        }
    }
}

Describe 'The system''s log, where module logging is on for all modules' {
    BeforeAll {
        $blocker = if (-not $env:ARCTOKEN_FULL) { 'it starts a PowerShell of its own: ./build.sh test --full' }
        elseif (-not $IsLinux) { 'the log is syslog''s here' }
        elseif ((id -u) -ne 0) { 'a mount namespace needs root' }
        else {
            unshare --mount true 2>$null
            if ($LASTEXITCODE) { 'this machine does not allow namespaces, even to root' }
        }
    }

    It 'has the login, and no token' {
        if ($blocker) {
            Set-ItResult -Skipped -Because $blocker
            return
        }

        $folder = New-TestFolder
        $socket = [Net.Sockets.Socket]::new('Unix', 'Dgram', 'Unspecified')
        try {
            # A /dev of the test's own has the log (--rbind takes its devices along). Policies of the user stand in the configuration.
            $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new("$folder/log"))
            $null = New-Item -ItemType Directory "$folder/config/powershell", "$folder/dev"
            @{ LogLevel = 'Verbose'; PowerShellPolicies = @{ ModuleLogging = @{ EnableModuleLogging = $true; ModuleNames = @('*') } } } | ConvertTo-Json -Depth 5 |
                Set-Content "$folder/config/powershell/powershell.config.json"
            $inside = 'cd "$0/dev" && mount -t tmpfs tmpfs . && cd "$0/dev" && for n in null zero full random urandom; do touch $n && mount --bind /dev/$n $n || exit; done && ln -s /proc/self/fd fd && ln -s "$0/log" log && mount --rbind . /dev && cd "$0" && exec "$@"'

            # The log is read beside, so that its queue does not fill.
            $reader = [powershell]::Create().AddScript('param($Socket) $buffer = [byte[]]::new(1MB); while ($true) { if ($Socket.Poll(100000, [Net.Sockets.SelectMode]::SelectRead)) { [Text.Encoding]::UTF8.GetString($buffer, 0, $Socket.Receive($buffer)) } }').AddArgument($socket)
            $reading = [Management.Automation.PSDataCollection[psobject]]::new()
            $null = $reader.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $reading)

            Reset-Emulator $agent
            $result = Invoke-PowerShell -Environment @{ XDG_CONFIG_HOME = "$folder/config"; PSModulePath = "$TestLibraries/modules"; ARCTOKEN_TEST_ARM = $env:ARCTOKEN_TEST_ARM } -Wrapper 'unshare', '--mount', 'sh', '-c', $inside, "$folder" -Script @"
                Import-Module '$ModulePath'
                `$where = @{ Endpoint = '$($agent.Endpoint)'; KeyDirectory = '$($agent.KeyDirectory)' }
                `$null = Connect-ArcAzAccount @where -KeyVault -MicrosoftGraph -ContextName in-the-log -WarningAction Ignore -InformationAction Ignore
                `$null = Connect-AzAccount -AccessToken a-plain-token-for-comparison -AccountId a -SkipValidation -Tenant t -Subscription '$([guid]::Empty)' -WarningAction Ignore -InformationAction Ignore
"@
            $result.Error | Should -BeNullOrEmpty
            $text = ''
            for ($i = 0; $i -lt 100 -and $text -notlike '*a-plain-token-for-comparison*'; $i++) {
                Start-Sleep -Milliseconds 50
                $text += $reading.ReadAll() -join "`n"
            }
            $text | Should -BeLike '*Connect-ArcAzAccount*in-the-log*' -Because 'the login itself is logged'
            $text | Should -BeLike '*a-plain-token-for-comparison*' -Because 'the search finds what is there, and logging is on again'
            $issued = @((Get-Issued $agent).tokens)
            $issued.Count | Should -Be 3
            $issued.Where({ $text.Contains($_) }).Count | Should -Be 0
            $text | Should -Not -Match 'eyJ'
        }
        finally {
            if (Test-Path Variable:reader) { $reader.Dispose() }
            $socket.Dispose()
            Remove-TestFolder $folder
        }
    }
}
