# Get-ArcToken for a user without access to the agent's key files. Root runs the module as another user; any other user has no
# access anyway.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/find-secret.ps1"
    . "$PSScriptRoot/other-user.ps1"
    $folder = New-TestFolder
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
    $obstacle = Get-OtherUserObstacle
    if (-not $obstacle) { $otherUser = New-OtherUser $folder }

    # Makes a key directory for the emulator.
    function New-KeyDirectory([string]$Mode, [string]$Group = '0') {
        $keys = "$folder/keys-$([guid]::NewGuid().ToString('N'))"
        $null = New-Item -ItemType Directory $keys
        chown "0:$Group" $keys
        chmod $Mode $keys
        $keys
    }

    # Runs Get-ArcToken in a new PowerShell and returns its outcome as one object.
    function Get-TokenInNewShell([string]$Module, [hashtable]$Running) {
        $script = @"
            Import-Module '$Module'
            `$token = Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)' -ErrorAction SilentlyContinue
            @{ User = (id -u); Token = "`$token"; Id = "`$(`$Error.FullyQualifiedErrorId)"; Message = "`$(`$Error.Exception.Message)"
               Category = "`$(`$Error.CategoryInfo.Category)" } | ConvertTo-Json
"@
        Invoke-PowerShellObject -Script $script @Running
    }

    # The same as an ordinary user, optionally with one more group.
    function Get-TokenAsUser([string]$Group) {
        if (-not $isRoot) { return Get-TokenInNewShell $ModulePath @{} }
        $running = $otherUser.Running.Clone()
        if ($Group) { $running.Wrapper = $running.Wrapper[0..4] + "--groups=$Group" }
        $result = Get-TokenInNewShell $otherUser.Module $running
        $result.User | Should -Be $OtherUserId
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
        # An ordinary user can close his own files, but not a directory of another user.
        if ($obstacle -and ($Closed -or $isRoot -or -not $IsLinux)) { Set-ItResult -Skipped -Because $obstacle }
        $agent = if ($Closed) { Start-Emulator '--key-directory', (New-KeyDirectory 0700) } else { Start-Emulator '--fault', 'key-unreadable' }
        $result = Get-TokenAsUser
        $result.Token | Should -BeNullOrEmpty
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Category | Should -Be 'PermissionDenied'
        $result.Message | Should -Match 'himds.*logon'
        Find-Secret $result.Message @((Get-Issued $agent).keys) | Should -BeNullOrEmpty
    }

    It 'gets a token once in the group' {
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $agent = Start-Emulator '--key-directory', (New-KeyDirectory 2750 $OtherGroupId)
        (Get-TokenAsUser).Id | Should -BeLike 'KeyAccessDenied,*'
        $result = Get-TokenAsUser $OtherGroupId
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
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $agent = Start-Emulator
        chown $OtherUserId $agent.KeyDirectory
        chmod 0700 $agent.KeyDirectory
        # Root can read every file, so this root gives up the capabilities for that.
        $result = Get-TokenInNewShell $ModulePath @{ Wrapper = 'setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search' }
        $result.User | Should -Be 0
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Message | Should -Not -BeLike '*himds*'
    }
}
