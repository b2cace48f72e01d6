# What a user sees who may not read the agent's key files. Root runs the finished module as such a user; anybody else is one.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/secrets.ps1"
    $folder = New-TestFolder
    $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'

    # A user and a group that no real one has.
    $user = 54321
    $group = 54322

    # Why tests that need another user cannot run, if they cannot.
    $why = if (-not $IsLinux) {
        'users and groups are Linux''s here'
    }
    elseif (-not $isRoot) {
        'only root can become another user'
    }
    elseif (-not (Get-Command setpriv -ErrorAction Ignore)) {
        'there is no setpriv'
    }
    else {
        setpriv --reuid $user --regid $user --clear-groups test -x ([Environment]::ProcessPath)
        if ($LASTEXITCODE) { "other users cannot run $([Environment]::ProcessPath)" }
    }

    # Module and PowerShell may lie in root's home: copies that everybody can read.
    function Initialize-Copies {
        Copy-Item $ModulePath "$folder/ArcToken" -Recurse
        $script:powerShellFolder = $PSHOME
        setpriv --reuid $user --regid $user --clear-groups test -r "$PSHOME/pwsh.dll"
        if ($LASTEXITCODE) {
            Copy-Item $PSHOME "$folder/powershell" -Recurse
            $script:powerShellFolder = "$folder/powershell"
        }
        $null = New-Item -ItemType Directory "$folder/home"
        chmod -R a+rX $folder
        chown ${user}:$user "$folder/home"
    }

    # A key directory for the emulator.
    function New-KeyDirectory([string]$Mode, [string]$Group = '0') {
        $keys = "$folder/keys-$([guid]::NewGuid().ToString('N'))"
        $null = New-Item -ItemType Directory $keys
        chown "0:$Group" $keys
        chmod $Mode $keys
        $keys
    }

    # Runs Get-ArcToken in a PowerShell behind a wrapper and gives what came of it as one object.
    function Get-TokenBehind([string[]]$Wrapper, [string]$Module, [hashtable]$More = @{}) {
        $script = @"
            Import-Module '$Module'
            `$token = Get-ArcToken -Endpoint $($agent.Endpoint) -KeyDirectory '$($agent.KeyDirectory)' -ErrorAction SilentlyContinue
            @{ User = (id -u); Token = "`$token"; Id = "`$(`$Error.FullyQualifiedErrorId)"; Message = "`$(`$Error.Exception.Message)"
               Category = "`$(`$Error.CategoryInfo.Category)" } | ConvertTo-Json
"@
        Invoke-PowerShellObject -Script $script -Wrapper $Wrapper @More
    }

    # The same as a user who is not root, with further groups.
    function Get-TokenAsUser([string[]]$Groups) {
        if (-not $isRoot) { return Get-TokenBehind @() $ModulePath }
        $wrapper = @('setpriv', '--reuid', $user, '--regid', $user) + @($Groups ? "--groups=$($Groups -join ',')" : '--clear-groups')
        $result = Get-TokenBehind $wrapper "$folder/ArcToken" @{ PowerShellFolder = $powerShellFolder; Folder = $folder; Environment = @{ HOME = "$folder/home" } }
        $result.User | Should -Be $user
        $result
    }

    if (-not $why) { Initialize-Copies }
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
        $agent = Start-Emulator '--key-directory', (New-KeyDirectory 2750 $group)
        (Get-TokenAsUser).Id | Should -BeLike 'KeyAccessDenied,*'
        $result = Get-TokenAsUser $group
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
        chown $user $agent.KeyDirectory
        chmod 0700 $agent.KeyDirectory
        # Root reads every file, unless it has lost the capabilities to.
        $result = Get-TokenBehind ('setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search') $ModulePath
        $result.User | Should -Be 0
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Message | Should -Not -BeLike '*himds*'
    }
}
