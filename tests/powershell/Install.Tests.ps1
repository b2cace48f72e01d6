# The module as a user gets it: published to a repository, installed into an empty profile, updated, uninstalled.
# These tests are slow and run only with ARCTOKEN_FULL=1.

# This runs during discovery.
if ($env:ARCTOKEN_FULL -ne '1') {
    Describe 'The package' {
        It 'is installed as a user would' {
            Set-ItResult -Skipped -Because 'it takes a minute: only with ARCTOKEN_FULL=1'
        }
    }
    return
}

Describe 'The package' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        . "$PSScriptRoot/memory.ps1" # For Start-TestShell.
        . "$RepositoryRoot/tools/build/install.ps1"
        $folder = New-TestFolder
        $agent = Start-Emulator
        $version = (Import-PowerShellDataFile "$ModulePath/ArcToken.psd1").ModuleVersion
        $next = '{0}.{1}.{2}' -f ([version]$version).Major, ([version]$version).Minor, (([version]$version).Build + 1)
        $profileFolder = New-Item -ItemType Directory "$folder/home"
        $null = New-Item -ItemType Directory "$folder/home/.config" # Without this folder, NuGet writes its configuration into the current one.
        $repository = New-Item -ItemType Directory "$folder/repository"
        $where = "-Endpoint '$($agent.Endpoint)' -KeyDirectory '$($agent.KeyDirectory)'"

        # Runs a script in an empty profile, where no other repository is registered.
        $environment = @{
            HOME = $profileFolder; USERPROFILE = $profileFolder; LOCALAPPDATA = $profileFolder; PSModulePath = $null
            XDG_DATA_HOME = $null; XDG_CONFIG_HOME = $null; XDG_CACHE_HOME = $null
        }
        function Invoke-User([string]$Script) {
            $result = Invoke-PowerShell "$Script" $environment $folder
            $result.ExitCode | Should -Be 0 -Because $result.Error
            $result.Error | Should -BeNullOrEmpty
            $result.Output.Trim()
        }

        # Copies the finished module with the next version number.
        $nextModule = Join-Path $folder 'next/ArcToken'
        $null = New-Item -ItemType Directory (Split-Path $nextModule)
        Copy-Item $ModulePath $nextModule -Recurse
        $manifest = Get-Content -Raw "$nextModule/ArcToken.psd1"
        Set-Content "$nextModule/ArcToken.psd1" $manifest.Replace("'$version'", "'$next'").Replace("lib/$version/", "lib/$next/")
        Rename-Item "$nextModule/lib/$version" $next

        # Another build of the same version: other files with the same content.
        $rebuilt = Join-Path $folder 'rebuilt/ArcToken'
        $null = New-Item -ItemType Directory (Split-Path $rebuilt)
        Copy-Item $ModulePath $rebuilt -Recurse
    }

    AfterAll {
        Stop-Emulator $agent
        Remove-Item $folder -Recurse -Force
    }

    It 'is published to a repository, and found there' {
        Invoke-User "Register-PSResourceRepository Local '$repository' -Trusted
            Publish-PSResource -Path '$ModulePath' -Repository Local
            (Find-PSResource ArcToken -Repository Local).Version.ToString()" | Should -Be $version
        Get-ChildItem $repository -Filter "ArcToken.$version.nupkg" | Should -Not -BeNullOrEmpty
    }

    It 'is installed, loaded by its command and gives a token' {
        Invoke-User 'Install-PSResource ArcToken -Repository Local'
        $line = Invoke-User "(Get-ArcToken $where -AsPlainText).Length; (Get-Module ArcToken).Version.ToString(); (Get-Module ArcToken).ModuleBase"
        $length, $loaded, $base = $line -split '\r?\n'
        [int]$length | Should -Be @((Get-Issued $agent).tokens)[-1].Length
        $loaded | Should -Be $version
        $base | Should -BeLike "$profileFolder*"
    }

    It 'is imported by its name, with its help' {
        Invoke-User "Import-Module ArcToken; (Get-ArcMachine $where).Name; (Get-Help Get-ArcToken).Synopsis; [bool](Get-Help about_ArcToken)" |
            Should -Match '(?s)^arc-emulator\s+Gets access tokens .*True$'
    }

    It 'is updated' {
        Invoke-User "Publish-PSResource -Path '$nextModule' -Repository Local; Update-PSResource ArcToken -Repository Local"
        Invoke-User "`$null = Get-ArcToken $where; (Get-Module ArcToken).Version.ToString()" | Should -Be $next
    }

    It 'goes on in a session that has it loaded, when a newer one is installed beside it' {
        # The copy with the next version gets an assembly of that version.
        $beside = New-Item -ItemType Directory "$folder/beside"
        $old, $new = $version, $next | ForEach-Object { "$beside/ArcToken/$_" }
        Copy-Item $ModulePath $old -Recurse
        Copy-Item $nextModule $new -Recurse
        $said = dotnet build "$RepositoryRoot/powershell/src/ArcToken.csproj" -c Release -o "$folder/assembly" "-p:Version=$next" "-p:ArtifactsPath=$folder/artifacts" --nologo -v quiet
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        Copy-Item "$folder/assembly/ArcToken.dll" "$new/lib/$next/ArcToken.dll" -Force
        $shell = Start-TestShell
        try {
            Invoke-TestShell $shell "Import-Module '$old/ArcToken.psd1'; `$null = Get-ArcToken $where; (Get-Module ArcToken).Version" | Should -Be $version
            # PowerShell's own words: one process has one assembly of a name.
            Invoke-TestShell $shell "try { Import-Module '$new/ArcToken.psd1' -ErrorAction Stop; 'imported' } catch { `$_.Exception.Message }" | Should -Match 'already loaded'
            Invoke-TestShell $shell "(Get-ArcToken $where -ForceRefresh -AsPlainText).Length -gt 20; @(Test-ArcAgent $where).Count -gt 5" | Should -Be 'True True'
        }
        finally {
            $shell.Kill()
        }

        # The newer assembly beside an older library, as after half of an update.
        $seen = Invoke-User "`$env:PSModulePath = '$beside'; Import-Module ArcToken; (Get-Module ArcToken).Version.ToString()
            try { Get-ArcToken $where } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message; `$_.ErrorDetails.RecommendedAction }"
        $seen | Should -Match "(?s)^$next\s+NativeLibraryUnavailable,.*of version $version \(ABI 1\).*of version $next.*updated or removed since this session began, start a new PowerShell.*install the module again"
    }

    It 'goes on in a session that has it imported, when it is uninstalled' {
        $copy = Join-Path $folder 'going/ArcToken'
        $null = New-Item -ItemType Directory (Split-Path $copy)
        Copy-Item $ModulePath $copy -Recurse
        $shell = Start-TestShell
        try {
            $null = Invoke-TestShell $shell "Import-Module '$copy'; $WaitForFirstCall"
            Remove-Item $copy -Recurse -Force
            Invoke-TestShell $shell "(Get-ArcToken $where -AsPlainText).Length -gt 20" | Should -Be 'True'
        }
        finally {
            $shell.Kill()
        }
    }

    It 'is uninstalled, and nothing of it is left' {
        Invoke-User 'Uninstall-PSResource ArcToken -Version "*"'
        Invoke-User '@(Get-Module ArcToken -ListAvailable).Count' | Should -Be 0
        Get-ChildItem $profileFolder -Recurse -Force -Filter '*arc?token*' | Should -BeNullOrEmpty
    }

    # The file in use is not written over: its content under the running session would change, or it would be cut off.
    It 'can be put in while a session has it loaded, and the session goes on (<Way>)' -ForEach @(
        @{ Way = './build.sh install, the next version'; Put = { Install-ModuleFolder $nextModule $modules } }
        @{ Way = './build.sh install, the same version again'; Put = { Install-ModuleFolder $rebuilt $modules } }
        @{ Way = './build.sh install --all-users, the same version again'; Put = { Install-ModuleFolder $rebuilt $modules -AllUsers } }
        @{ Way = 'Copy-Item -Recurse -Force, the next version'; Copied = $true; Put = { Copy-Item $nextModule $modules -Recurse -Force } }
        @{ Way = 'cp -r, the next version'; Copied = $true; Put = { cp -r $nextModule "$modules/"; $LASTEXITCODE | Should -Be 0 } }
    ) {
        if ($IsWindows -and $Way -like '*same version*') { Set-ItResult -Skipped -Because 'Windows replaces no file that is in use' }
        $modules = New-Item -ItemType Directory "$folder/modules-$([guid]::NewGuid())"
        if ($_['Copied']) { Copy-Item $ModulePath $modules -Recurse } else { $null = Install-ModuleFolder $ModulePath $modules }
        $shell = Start-TestShell
        try {
            $loaded = Invoke-TestShell $shell "Import-Module '$((Get-Module "$modules/ArcToken" -ListAvailable).Path)'; `$null = Get-ArcToken $where; (Get-Module ArcToken).Version"
            $loaded | Should -Be $version
            $before = (Get-ChildItem $modules -Recurse -Include arc_token.*, ArcToken.dll).FullName
            $inUse = if ($IsLinux) { @((Get-Content "/proc/$($shell.Id)/maps") -match 'arc_?token\.(so|dll)' -replace '^\S+ \S+ \S+ (\S+ \d+) .*', '$1' | Sort-Object -Unique) }

            $null = & $Put

            # Commands that were not used yet, so that the library and the assembly must be read on.
            Invoke-TestShell $shell "(Get-ArcToken $where -ForceRefresh -AsPlainText).Length; (Get-ArcMachine $where).Name; @(Test-ArcAgent $where).Count -gt 5; (Get-ArcToken $where).Claims.Count -gt 3" |
                Should -Match '^\d+ arc-emulator True True$'
            if ($IsLinux) {
                $inUse.Count | Should -Be 2 -Because 'library and assembly are mapped'
                @((Get-Content "/proc/$($shell.Id)/maps") -match 'arc_?token\.(so|dll)' -replace '^\S+ \S+ \S+ (\S+ \d+) .*', '$1' | Sort-Object -Unique) | Should -Be $inUse
            }
        }
        finally {
            $shell.Kill()
        }

        $expected = if ($Way -like '*next*') { $next } else { $version }
        Invoke-User "`$env:PSModulePath = '$modules'; Import-Module ArcToken; `$null = Get-ArcToken $where; (Get-Module ArcToken).Version.ToString()" |
            Should -Be $expected
        Get-ChildItem $modules/ArcToken -Force -Filter '.*' | Should -BeNullOrEmpty
        if ($Way -like '*--all-users*' -and -not $IsWindows) {
            Get-ChildItem $modules/ArcToken -Recurse | Where-Object { $_.UnixMode -match '^.{5}w|^.{8}w' } | Should -BeNullOrEmpty
        }
        if ($Way -like '*next*') { $before | Should -Exist }
    }
}
