# What the module tells PowerShell of its types: Token is a SecureString, and serialisation leaves it out.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $agent = Start-Emulator
    $where = $agent.Where
    $jwt = Get-ArcToken https://vault.azure.net @where -AsPlainText

    # Runs a script in a new PowerShell with the module, a token object, and $types: the module's own class for type data.
    function Invoke-WithToken([string]$Script) {
        Invoke-PowerShellObject @"
            Import-Module '$ModulePath'
            `$any = [Reflection.BindingFlags]'Static, NonPublic'
            `$types = [ArcToken.AccessToken].Assembly.GetType('ArcToken.Session.SessionTypes', `$true)
            `$jwt = '$jwt'
            `$token = [ArcToken.AccessToken]::new(`$jwt)
            $Script
"@
    }
}

AfterAll {
    Stop-Emulator $agent
}

Describe 'Type data' {
    It 'are in the session''s own table, which the import finds' {
        $seen = Invoke-WithToken @'
            $table = $types.GetMethod('TableOf', $any).Invoke($null, @([runspace]::DefaultRunspace))
            ConvertTo-Json @($table.GetType().FullName, $token.Token.GetType().Name, @(Get-TypeData ArcToken.AccessToken).Count)
'@
        $seen | Should -Be 'System.Management.Automation.Runspaces.TypeTable', 'SecureString', 1
    }

    It 'come through PowerShell''s own cmdlet where the session shows no table' {
        $seen = Invoke-WithToken @'
            Get-TypeData ArcToken.AccessToken | Remove-TypeData
            $before = $token.Token.GetType().Name
            $data = [Management.Automation.Runspaces.TypeData]::new('ArcToken.AccessToken')
            $data.Members.Add('Token', [Management.Automation.Runspaces.CodePropertyData]::new('Token', [ArcToken.TokenTypeData].GetMethod('Token')))
            $types.GetMethod('Set', $any).Invoke($null, @([Management.Automation.Runspaces.TypeData[]]@($data), $null))
            ConvertTo-Json @(($null -eq $types.GetMethod('TableOf', $any).Invoke($null, @($null))), $before, ([ArcToken.AccessToken]::new($jwt)).Token.GetType().Name)
'@
        $seen | Should -Be $true, 'TokenSecret', 'SecureString'
    }

    It 'are not put into a table that a host shares between sessions' {
        $seen = Invoke-WithToken @'
            $shared = [Management.Automation.Runspaces.TypeTable]::new([string[]]@())
            $state = [initialsessionstate]::CreateDefault()
            $state.Types.Clear()
            $state.Types.Add([Management.Automation.Runspaces.SessionStateTypeEntry]::new($shared))
            $runspace = [runspacefactory]::CreateRunspace($state)
            $runspace.Open()
            $powershell = [powershell]::Create($runspace)
            $null = $powershell.AddScript("Import-Module '$((Get-Module ArcToken).Path)'").Invoke()
            $null = $powershell.Commands.Clear()
            $kind = $powershell.AddScript("[ArcToken.AccessToken]::new('$jwt').Token.GetType().Name").Invoke()
            $own = $types.GetMethod('TableOf', $any).Invoke($null, @($runspace))
            ConvertTo-Json @("$kind", ($null -eq $own), $powershell.Streams.Error.Count)
            $runspace.Dispose()
'@
        $seen | Should -Be 'TokenSecret', $true, 0
    }

    It 'stay when <What>' -ForEach @(
        @{ What = 'PowerShell makes its table anew'; Script = 'Update-TypeData' }
        @{ What = 'the module is imported again'; Script = 'Remove-Module ArcToken; Import-Module "$ModulePath"; Import-Module "$ModulePath" -Force' }
    ) {
        $seen = Invoke-WithToken @"
            $($Script.Replace('$ModulePath', $ModulePath))
            `$Error.Clear()
            `$text = [Management.Automation.PSSerializer]::Serialize(`$token)
            ConvertTo-Json @(`$token.Token.GetType().Name, `$text.Contains('https://vault.azure.net'), `$text.Contains('SecureString'), `$Error.Count)
"@
        $seen | Should -Be 'SecureString', $true, $false, 0
    }
}
