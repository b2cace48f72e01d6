# What is shown of the objects: views, completion and JSON name what is there.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $cultureBefore = [cultureinfo]::CurrentCulture
}

AfterAll {
    [cultureinfo]::CurrentCulture = $cultureBefore
    Stop-Emulator $agent
}

Describe 'The views' {
    It 'show only what is a property: <_>' -ForEach 'ArcToken.AccessToken', 'ArcToken.AgentCheck', 'ArcToken.ArcMachine' {
        $shown = foreach ($control in (Get-FormatData $_).FormatViewDefinition.Control) {
            if ($control -is [Management.Automation.TableControl]) {
                $control.Headers.Label
                $entries = $control.Rows.Columns.DisplayEntry
            }
            else {
                $control.Entries.Items.Label
                $entries = $control.Entries.Items.DisplayEntry
            }
            $entries.Where{ $_.ValueType -eq 'Property' }.Value
        }
        $shown = $shown.Where{ $_ }
        @($shown).Count | Should -BeGreaterThan 2
        foreach ($name in $shown) {
            ([type]$_).GetProperty($name) | Should -Not -BeNullOrEmpty -Because "'$name' is shown"
        }
    }

    It 'are those of an object that came from another process, too: <_>' -ForEach 'ArcToken.AccessToken', 'ArcToken.AgentCheck', 'ArcToken.ArcMachine' {
        (Get-FormatData "Deserialized.$_").FormatViewDefinition.Name | Should -Be (Get-FormatData $_).FormatViewDefinition.Name
    }

    It 'of a token says in 80 columns how long it holds, and cuts nothing' {
        $lines = Get-ArcToken @where | Format-Table | Out-String -Width 80 -Stream
        $lines -match 'Z +\d+ h \d+ min *$' | Should -HaveCount 1
        $lines -match '…|\.\.\.' | Should -BeNullOrEmpty
    }

    It 'of the checks keeps to a width of <_>, and to whole words in languages where PowerShell does' -ForEach 70, 200 {
        [cultureinfo]::CurrentCulture = 'en-US'
        $checks = Test-ArcAgent @where
        $lines = $checks | Out-String -Width $_ -Stream | ForEach-Object TrimEnd
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual $_
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeGreaterThan ($_ - 25)
        $words = ($lines -join ' ') -split '\s+'
        $long = $_ - 31 # A word that is longer than the column has to be broken.
        foreach ($word in ($checks.Detail + $checks.Advice) -split '\s+' | Where-Object Length -LE $long) {
            $words | Should -Contain $word
        }
    }
}

Describe 'A session' {
    BeforeAll {
        # Runs a script in a new PowerShell with the module, and $views: the module's own class for them. Get-Count says how many views there are.
        function Invoke-WithViews([string]$Script) {
            Invoke-PowerShellObject @"
                Import-Module '$ModulePath'
                `$any = [Reflection.BindingFlags]'Static, NonPublic'
                `$views = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Session.SessionViews', `$true)
                `$all = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Views', `$true).GetProperty('All', `$any).GetValue(`$null)
                function Get-Count { @((Get-FormatData ArcToken.*).FormatViewDefinition).Count }
                $Script
"@
        }

        # Imports the module in a new runspace, and returns what a script writes there.
        $inRunspace = @'
            function Invoke-InRunspace($State, [string]$Script) {
                $runspace = [runspacefactory]::CreateRunspace($State)
                $runspace.Open()
                $State = $runspace.InitialSessionState
                $powershell = [powershell]::Create($runspace)
                $powershell.AddScript("Import-Module '$((Get-Module ArcToken).Path)'`n$Script").Invoke()
                $powershell.Streams.Error.Count
                @($State.Formats.FormatData).Where{ $_ }.Count
                $runspace.Dispose()
            }
'@
    }

    It 'has the views among PowerShell''s own, which the import finds' {
        $seen = Invoke-WithViews @'
            # The cmdlet, which is the other way, is one of this module's.
            $isUsed = [bool](Get-Module Microsoft.PowerShell.Utility)
            ConvertTo-Json @($isUsed, (Get-Count))
'@
        $seen | Should -Be $false, 4
    }

    It 'has them once, and keeps them, when <What>' -ForEach @(
        @{ What = 'PowerShell makes its views anew'; Script = 'Update-FormatData' }
        @{ What = 'the module is imported again'; Script = 'Remove-Module ArcToken; Import-Module "$ModulePath"; Import-Module "$ModulePath" -Force' }
        @{ What = 'PowerShell makes them anew after that'; Script = 'Import-Module "$ModulePath" -Force; Update-FormatData' }
    ) {
        Invoke-WithViews "$($Script.Replace('$ModulePath', $ModulePath)); ConvertTo-Json @((Get-Count), `$Error.Count)" | Should -Be 4, 0
    }

    It 'has them through PowerShell''s own cmdlet where it keeps its views elsewhere' {
        # What the import does when it does not find them: the session's state has one more, and the cmdlet makes the views anew.
        $seen = Invoke-WithViews @'
            $load = $views.GetMethod('Load', $any)
            $more = [Management.Automation.ExtendedTypeDefinition]::new('Some.Type', [Management.Automation.FormatViewDefinition[]]$all[0].FormatViewDefinition)
            $state = [runspace]::DefaultRunspace.InitialSessionState
            $state.Formats.Add([Management.Automation.Runspaces.SessionStateFormatEntry]::new($more))
            $isLoaded = $load.Invoke($null, @($all, $null, $false))
            $before = @(Get-FormatData Some.Type).Count
            $null = $views.GetMethod('Update', $any).Invoke($null, @())
            ConvertTo-Json @($isLoaded, $before, @(Get-FormatData Some.Type).Count, (Get-Count), $Error.Count)
'@
        $seen | Should -Be $false, 0, 1, 4, 0
    }

    It 'that a host closes to views goes without: <What>' -ForEach @(
        @{ What = 'shared'; State = '$state.Formats.Clear(); $state.Formats.Add([Management.Automation.Runspaces.SessionStateFormatEntry]::new([Management.Automation.Runspaces.FormatTable]::LoadDefaultFormatFiles()))' }
        @{ What = 'no updates'; State = '$state.DisableFormatUpdates = $true' }
    ) {
        $seen = Invoke-WithViews @"
            $inRunspace
            `$state = [initialsessionstate]::CreateDefault()
            $State
            ConvertTo-Json @(Invoke-InRunspace `$state '@(Get-FormatData ArcToken.*).Count; [bool](Get-Command Get-ArcToken)')
"@
        $seen | Should -Be 0, $true, 0, 0 -Because 'it has no views of the module, the commands, no error, and nothing in its state'
    }

    It 'of a pool has them, each its own' {
        $seen = Invoke-WithViews @'
            $pool = [runspacefactory]::CreateRunspacePool(3, 3)
            $pool.Open()
            $runs = foreach ($number in 1..3) {
                $powershell = [powershell]::Create()
                $powershell.RunspacePool = $pool
                # The pause keeps each in a session of its own.
                $null = $powershell.AddScript("Import-Module '$((Get-Module ArcToken).Path)'; Start-Sleep 2; @((Get-FormatData ArcToken.*).FormatViewDefinition).Count")
                @{ PowerShell = $powershell; Run = $powershell.BeginInvoke() }
            }
            ConvertTo-Json @($runs | ForEach-Object { $_.PowerShell.EndInvoke($_.Run) })
'@
        $seen | Should -Be 4, 4, 4
    }
}

Describe 'Completion of members' {
    It 'offers what the output of <Command> has, and nothing else' -ForEach @(
        @{ Command = 'Get-ArcToken'; Known = 'ExpiresOn' }, @{ Command = 'Test-ArcAgent'; Known = 'Advice' }, @{ Command = 'Get-ArcMachine'; Known = 'Tags' }
    ) {
        $there = (& $Command @where | Get-Member -Force).Name
        $offered = (TabExpansion2 "($Command).").CompletionMatches.ListItemText -replace '\(.*'
        $offered | Should -Contain $Known
        $offered | Where-Object { $_ -notin $there -and $_ -notin 'Where', 'ForEach' } | Should -BeNullOrEmpty
    }
}

Describe 'JSON' {
    It 'has the names of outcomes and of errors' {
        $json = Test-ArcAgent @where | ConvertTo-Json | ConvertFrom-Json
        $json.Status | Sort-Object -Unique | Should -BeIn ([Enum]::GetNames([ArcToken.CheckStatus]))
        $problem = Get-OneError { Get-ArcToken -Endpoint http://192.0.2.1/ }
        $problem.Exception | Select-Object Status, Reason | ConvertTo-Json -Compress | Should -Be '{"Status":"EndpointRefused","Reason":null}'
    }
}
