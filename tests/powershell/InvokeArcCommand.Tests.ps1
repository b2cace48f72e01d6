# Invoke-ArcCommand: a block of script whose programs get tokens, and what is left of it afterwards.

BeforeDiscovery {
    $hasScript = $IsLinux -and (Get-Command script -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $names = 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'MSI_ENDPOINT', 'MSI_SECRET', 'ARM_MSI_ENDPOINT', 'AZURE_MSI_ENDPOINT',
        'AZURE_IDENTITY_ENDPOINT', 'AZURE_IMDS_ENDPOINT'

    # Asks as a client of App Service does, from bash. The answer's status is the first line.
    $bash = 'port=${IDENTITY_ENDPOINT#http://127.0.0.1:}; port=${port%%/*}; exec 3<>/dev/tcp/127.0.0.1/$port
        printf "GET /msi/token?api-version=2019-08-01&resource=r HTTP/1.1\r\nHost: 127.0.0.1:$port\r\nX-IDENTITY-HEADER: $IDENTITY_HEADER\r\nConnection: close\r\n\r\n" >&3; head -n 1 <&3'
    # Other tests leave empty variables behind, which are as good as none.
    function Get-Environment {
        [Environment]::GetEnvironmentVariables().GetEnumerator() | Where-Object Value | Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Value)" }
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Invoke-ArcCommand' {
    BeforeEach {
        Reset-Emulator $agent
        $before = Get-Environment
    }

    AfterEach {
        Get-Environment | Should -BeExactly $before
    }

    It 'gives the block''s programs the agent''s token' {
        $answer = Invoke-ArcCommand @where -Az { az account get-access-token --resource https://vault.azure.net } | ConvertFrom-Json
        $answer.accessToken | Should -BeExactly (Get-Issued $agent).tokens
    }

    It 'answers clients in this process, too, and sets every variable' {
        $answer = Invoke-ArcCommand @where {
            foreach ($name in $names) { [Environment]::GetEnvironmentVariable($name) | Should -Not -BeNullOrEmpty -Because $name }
            Invoke-RestMethod "${env:IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=r" -Headers @{ 'X-IDENTITY-HEADER' = $env:IDENTITY_HEADER }
        }
        $answer.access_token | Should -BeExactly (Get-Issued $agent).tokens
    }

    It 'takes out what leads elsewhere, and brings it back' {
        $machines = $env:IMDS_ENDPOINT, $env:MSI_RESOURCE
        $env:IMDS_ENDPOINT, $env:MSI_RESOURCE = 'theirs', 'theirs'
        try {
            Invoke-ArcCommand @where { $env:IMDS_ENDPOINT, $env:MSI_RESOURCE } | Should -Be $null, $null
            $env:IMDS_ENDPOINT, $env:MSI_RESOURCE | Should -Be 'theirs', 'theirs'
        }
        finally {
            $env:IMDS_ENDPOINT, $env:MSI_RESOURCE = $machines
        }
    }

    It 'sets the variables that are named, with their pairs, and no others' {
        Invoke-ArcCommand @where -EnvironmentVariable MSI_SECRET { $names.Where({ [Environment]::GetEnvironmentVariable($_) }) } | Should -Be 'MSI_ENDPOINT', 'MSI_SECRET'
    }

    It 'gives tokens for the allowed audiences only' {
        $output = Invoke-ArcCommand @where -Az -AllowResource https://vault.azure.net {
            az account get-access-token --resource https://vault.azure.net | Out-Null
            $LASTEXITCODE
            az account get-access-token --resource https://storage.azure.com 2>&1 | Out-Null
            $LASTEXITCODE
        }
        $output | Should -Be 0, 1
        @((Get-Issued $agent).tokens).Count | Should -Be 1
    }

    It 'leaves a block its scope, its output as it comes, its exit code and its errors' {
        $outer = 1
        Invoke-ArcCommand @where { $outer = 2; $outer; if ($IsWindows) { cmd /c exit 3 } else { sh -c 'exit 3' } } | Select-Object -First 1 | Should -Be 2
        $outer | Should -Be 1
        Invoke-ArcCommand @where { if ($IsWindows) { cmd /c exit 3 } else { sh -c 'exit 3' } }
        $LASTEXITCODE | Should -Be 3
        { Invoke-ArcCommand @where { throw 'of the block' } } | Should -Throw 'of the block'
        (Get-OneError { Invoke-ArcCommand @where { Write-Error 'of the block' } }).Exception.Message | Should -Be 'of the block'
    }

    It 'may be nested' {
        $ports = Invoke-ArcCommand @where { $env:IDENTITY_ENDPOINT; Invoke-ArcCommand @where { $env:IDENTITY_ENDPOINT }; $env:IDENTITY_ENDPOINT }
        $ports[0] | Should -Be $ports[2]
        $ports[0] | Should -Not -Be $ports[1]
    }

    It 'is one at a time in a process' {
        $outcome = Invoke-ArcCommand @where {
            $other = [powershell]::Create()
            $null = $other.AddScript('param($Module, $Where) Import-Module $Module; Invoke-ArcCommand @Where { "ran" }').AddArgument($ModulePath).AddArgument($where)
            try { $other.Invoke(); $other.Streams.Error[0].FullyQualifiedErrorId } finally { $other.Dispose() }
        }
        $outcome | Should -Be 'EndpointUnavailable,ArcToken.Commands.InvokeArcCommandCommand'
    }

    It 'warns of what keeps clients from the identity, and tells requests with -Verbose, without a secret' {
        $env:AZURE_CLIENT_ID = '11111111-2222-3333-4444-555555555555'
        try {
            $streams = Invoke-ArcCommand @where -Az -Verbose { $secret = $env:IDENTITY_HEADER; $null = az account get-access-token; 'secret:' + $secret } *>&1
        }
        finally {
            $env:AZURE_CLIENT_ID = $null
        }
        $secret = $streams.Where({ "$_" -like 'secret:*' }) -replace 'secret:'
        $told = $streams.Where({ "$_" -notlike 'secret:*' })
        "$($told.Where({ $_ -is [Management.Automation.WarningRecord] }))" | Should -BeLike 'AZURE_CLIENT_ID is set: *'
        "$($told.Where({ $_ -is [Management.Automation.VerboseRecord] }))" | Should -Match 'HTTP 200 in \d+ ms for ''https://management'
        "$told" | Should -Not -Match ([regex]::Escape($secret))
        "$told" | Should -Not -Match ([regex]::Escape((Get-Issued $agent).tokens[0]))
    }

    It 'refuses a process that this one has not started, and names the switch that allows it' -Skip:(-not $IsLinux) {
        $orphan = "( (sleep 0.5; $bash) & )"
        Invoke-ArcCommand @where { bash -c $bash; bash -c $orphan } -WarningVariable told -WarningAction SilentlyContinue | Should -BeLike 'HTTP/1.1 ??? *'
        Invoke-ArcCommand @where { (bash -c $bash) -like '*200*'; (bash -c $orphan) -like '*403*' } -WarningVariable told -WarningAction SilentlyContinue | Should -Be $true, $true
        "$told" | Should -BeLike '*-AnyProcess*'
        Invoke-ArcCommand @where -AnyProcess { bash -c $orphan } | Should -BeLike '*200*'
    }

    It 'leaves the terminal to the block''s programs' -Skip:(-not $hasScript) {
        $keys = $agent.KeyDirectory
        $script = "Import-Module '$ModulePath'; Invoke-ArcCommand -Endpoint $($agent.Endpoint) -KeyDirectory '$keys' { sh -c 'test -t 0 && test -t 1 && test -t 2 && echo has-a-terminal' }"
        $command = @(Get-PowerShellCommand) + '-NoProfile', '-EncodedCommand', [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
        (script --quiet --return --command ($command -join ' ') /dev/null) -join "`n" | Should -Match 'has-a-terminal'
    }

    It 'ends block and endpoint when it is stopped' {
        $shell = [powershell]::Create()
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $null = $shell.AddScript('param($Module, $Where) Import-Module $Module; Invoke-ArcCommand @Where { $env:IDENTITY_ENDPOINT; Start-Sleep 600 }').AddArgument($ModulePath).AddArgument($where)
        $null = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not $output.Count -and $watch.Elapsed.TotalSeconds -lt (Get-TimeLimit 20)) { Start-Sleep -Milliseconds 20 }
        $shell.Stop()
        $shell.Dispose()
        { Invoke-RestMethod "$($output[0])" } | Should -Throw '*refused*'
    }

    It 'ends the endpoint with the process' {
        $script = "Import-Module '$ModulePath'; Invoke-ArcCommand { [Console]::Out.WriteLine(`$env:IDENTITY_ENDPOINT); Start-Sleep 600 }"
        $program, $first = Get-PowerShellCommand
        $start = [Diagnostics.ProcessStartInfo]::new($program)
        @($first) + '-NoProfile', '-EncodedCommand', [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script)) | Where-Object { $_ } | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $address = $process.StandardOutput.ReadLine()
        { Invoke-RestMethod $address -SkipHttpErrorCheck } | Should -Not -Throw
        $process.Kill()
        $process.WaitForExit()
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $refused = $false
        while (-not $refused -and $watch.Elapsed.TotalSeconds -lt (Get-TimeLimit 10)) {
            try { $null = Invoke-RestMethod $address -SkipHttpErrorCheck; Start-Sleep -Milliseconds 50 } catch { $refused = $true }
        }
        $refused | Should -BeTrue
    }

    It 'says what is missing: <Name>' -ForEach @(
        @{ Name = 'no program'; Text = $null; Problem = '*neither on the PATH nor in*' }
        @{ Name = 'an older program'; Text = "#!/bin/sh`necho `"error: unexpected argument '--for-caller' found`" >&2; exit 2"; Problem = '*does not make the endpoint: *unexpected argument*' }
        @{ Name = 'another program'; Text = "#!/bin/sh`nexit 0"; Problem = '*it said nothing*' }
    ) {
        if ($Text -and -not $IsLinux) { Set-ItResult -Skipped -Because 'the program is a shell''s script' }
        $folder = New-TestFolder
        $path = $env:PATH
        try {
            if ($Text) {
                Set-Content "$folder/arc-token" $Text
                chmod +x "$folder/arc-token"
                $env:PATH = "$folder$([IO.Path]::PathSeparator)$path"
            }
            else {
                $env:PATH = "$folder"
            }
            $found = { Invoke-ArcCommand @where { 'ran' } } | Should -Throw -PassThru
        }
        finally {
            $env:PATH = $path
            Remove-TestFolder $folder
        }
        $found.FullyQualifiedErrorId | Should -Be 'EndpointUnavailable,ArcToken.Commands.InvokeArcCommandCommand'
        $found.Exception.Problem | Should -BeLike $Problem
        $found.Exception.Advice | Should -Not -BeNullOrEmpty
    }
}
