# What a user sees who is neither root nor in the agent's group. Root runs the finished module as such a user; anybody else is one.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/secrets.ps1"
    $folder = New-TestFolder

    # A user and a group that no real one has.
    $user = 54321
    $group = 54322

    # Why no test here can run, if none can.
    $why = if (-not $IsLinux) {
        'the groups are Linux''s here'
    }
    elseif ([Environment]::UserName -ne 'root') {
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

    # Runs Get-ArcToken as the user, with further groups, and gives what came of it as one object.
    function Get-TokenAsUser([hashtable]$Where, [string[]]$Groups) {
        $wrapper = @('setpriv', '--reuid', $user, '--regid', $user) + @($Groups ? "--groups=$($Groups -join ',')" : '--clear-groups')
        $script = @"
            Import-Module '$folder/ArcToken'
            `$token = Get-ArcToken -Endpoint $($Where.Endpoint) -KeyDirectory '$($Where.KeyDirectory)' -ErrorAction SilentlyContinue
            @{ User = (id -u); Token = "`$token"; Id = "`$(`$Error.FullyQualifiedErrorId)"; Message = "`$(`$Error.Exception.Message)"
               Category = "`$(`$Error.CategoryInfo.Category)" } | ConvertTo-Json
"@
        $result = Invoke-PowerShellObject -Script $script -Wrapper $wrapper -PowerShellFolder $powerShellFolder -Folder $folder -Environment @{ HOME = "$folder/home" }
        $result.User | Should -Be $user
        $result
    }
}

AfterAll {
    Remove-Item $folder -Recurse -Force
}

Describe 'A user outside the agent''s group' {
    BeforeAll {
        if (-not $why) { Initialize-Copies }
    }

    AfterEach {
        Stop-Emulator $agent
    }

    It 'is told which group to join (<Name>)' -ForEach @(
        @{ Name = 'the key directory is closed'; Mode = '0700' }
        @{ Name = 'the key directory is open, the key files are not'; Mode = '0755' }
    ) {
        if ($why) { Set-ItResult -Skipped -Because $why }
        $keys = New-Item -ItemType Directory "$folder/keys-$Mode"
        chmod $Mode $keys
        $agent = Start-Emulator '--key-directory', "$keys"
        $result = Get-TokenAsUser $agent.Where
        $result.Token | Should -BeNullOrEmpty
        $result.Id | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
        $result.Category | Should -Be 'PermissionDenied'
        $result.Message | Should -BeLike '*himds*'
        $result.Message | Should -Match 'log ?on|log ?in|logon|session'
        Find-Secret $result.Message @((Get-Issued $agent).keys) | Should -BeNullOrEmpty
    }

    It 'gets a token once in the group' {
        if ($why) { Set-ItResult -Skipped -Because $why }
        $keys = New-Item -ItemType Directory "$folder/keys-group"
        chown "0:$group" $keys
        chmod 2750 $keys
        $agent = Start-Emulator '--key-directory', "$keys"
        (Get-TokenAsUser $agent.Where).Id | Should -BeLike 'KeyAccessDenied,*'
        $result = Get-TokenAsUser $agent.Where $group
        $result.Id | Should -BeNullOrEmpty
        $result.Token | Should -BeLike 'ArcToken.AccessToken(*'
    }
}

Describe 'Root, when even root is denied' {
    It 'is not told to join a group' {
        if ($why) { Set-ItResult -Skipped -Because $why }
        # Root reads every file, unless it has lost the capabilities to.
        $agent = Start-Emulator
        try {
            $where = $agent.Where
            $keys = $agent.KeyDirectory
            chown $user $keys
            chmod 0700 $keys
            $script = "Import-Module '$ModulePath'; Get-ArcToken -Endpoint $($where.Endpoint) -KeyDirectory '$keys' -ErrorAction SilentlyContinue
                `$Error[0] | Select-Object FullyQualifiedErrorId, { `$_.Exception.Message } | ConvertTo-Json"
            $result = Invoke-PowerShellObject -Script $script -Wrapper 'setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search'
            $result.FullyQualifiedErrorId | Should -Be 'KeyAccessDenied,ArcToken.Commands.GetArcTokenCommand'
            $result.' $_.Exception.Message ' | Should -Not -BeLike '*himds*'
        }
        finally {
            Stop-Emulator $agent
        }
    }
}
