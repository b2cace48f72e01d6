# What a user sees who may not read the agent's key files. Root runs the finished module as such a user; anybody else is one.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/secrets.ps1"
    . "$PSScriptRoot/stranger.ps1"
    $folder = New-TestFolder
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
    $why = Get-StrangerObstacle
    if (-not $why) { $stranger = New-Stranger $folder }

    # A key directory for the emulator.
    function New-KeyDirectory([string]$Mode, [string]$Group = '0') {
        $keys = "$folder/keys-$([guid]::NewGuid().ToString('N'))"
        $null = New-Item -ItemType Directory $keys
        chown "0:$Group" $keys
        chmod $Mode $keys
        $keys
    }

    # Runs Get-ArcToken in another PowerShell and gives what came of it as one object.
    function Get-TokenBehind([string]$Module, [hashtable]$Running) {
        $script = @"
            Import-Module '$Module'
            `$token = Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)' -ErrorAction SilentlyContinue
            @{ User = (id -u); Token = "`$token"; Id = "`$(`$Error.FullyQualifiedErrorId)"; Message = "`$(`$Error.Exception.Message)"
               Category = "`$(`$Error.CategoryInfo.Category)" } | ConvertTo-Json
"@
        Invoke-PowerShellObject -Script $script @Running
    }

    # The same as a user who is not root, with a further group.
    function Get-TokenAsUser([string]$Group) {
        if (-not $isRoot) { return Get-TokenBehind $ModulePath @{} }
        $running = $stranger.Running.Clone()
        if ($Group) { $running.Wrapper = $running.Wrapper[0..4] + "--groups=$Group" }
        $result = Get-TokenBehind $stranger.Module $running
        $result.User | Should -Be $StrangerId
        $result
    }
}

AfterAll {
    Remove-Item $folder -Recurse -Force
}

Describe 'A user outside the agent''s group' {
    BeforeEach {
        $agent = $null
    }

    AfterEach {
        Stop-Emulator $agent
    }

    It 'is told which group to join (<Name>)' -ForEach @(
        @{ Name = 'the key directory is closed'; Closed = $true }
        @{ Name = 'the key files are closed'; Closed = $false }
    ) {
        # Who is not root can close a file, but not a directory that is not his.
        if ($why -and ($Closed -or $isRoot -or -not $IsLinux)) { Set-ItResult -Skipped -Because $why }
        $agent = if ($Closed) { Start-Emulator '--key-directory', (New-KeyDirectory 0700) } else { Start-Emulator '--fault', 'key-unreadable' }
        $result = Get-TokenAsUser
        $result.Token | Should -BeNullOrEmpty
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Category | Should -Be 'PermissionDenied'
        $result.Message | Should -Match 'himds.*logon'
        Find-Secret $result.Message @((Get-Issued $agent).keys) | Should -BeNullOrEmpty
    }

    It 'gets a token once in the group' {
        if ($why) { Set-ItResult -Skipped -Because $why }
        $agent = Start-Emulator '--key-directory', (New-KeyDirectory 2750 $StrangersGroup)
        (Get-TokenAsUser).Id | Should -BeLike 'KeyAccessDenied,*'
        $result = Get-TokenAsUser $StrangersGroup
        $result.Id | Should -BeNullOrEmpty
        $result.Token | Should -BeLike 'ArcToken.AccessToken(*'
    }
}

Describe 'Root, when even root is denied' {
    BeforeEach {
        $agent = $null
    }

    AfterEach {
        Stop-Emulator $agent
    }

    It 'is not told to join a group' {
        if ($why) { Set-ItResult -Skipped -Because $why }
        $agent = Start-Emulator
        chown $StrangerId $agent.KeyDirectory
        chmod 0700 $agent.KeyDirectory
        # Root reads every file, unless it has lost the capabilities to.
        $result = Get-TokenBehind $ModulePath @{ Wrapper = 'setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search' }
        $result.User | Should -Be 0
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Message | Should -Not -BeLike '*himds*'
    }
}
