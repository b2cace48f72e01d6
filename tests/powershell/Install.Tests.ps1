# The module as a user gets it: published to a repository, installed from it into an empty profile, updated, uninstalled. Slow:
# only with ARCTOKEN_FULL=1.

# Asked while the tests are being found.
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
        $folder = New-TestFolder
        $agent = Start-Emulator
        $version = (Import-PowerShellDataFile "$ModulePath/ArcToken.psd1").ModuleVersion
        $next = '{0}.{1}.{2}' -f ([version]$version).Major, ([version]$version).Minor, (([version]$version).Build + 1)
        $profileFolder = New-Item -ItemType Directory "$folder/home"
        $null = New-Item -ItemType Directory "$folder/home/.config" # Without it, NuGet writes its own beside whatever it runs in.
        $repository = New-Item -ItemType Directory "$folder/repository"
        $where = "-Endpoint '$($agent.Endpoint)' -KeyDirectory '$($agent.KeyDirectory)'"

        # In an empty profile, where no other repository is asked.
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

        # The finished module under a next version.
        $nextModule = Join-Path $folder 'next/ArcToken'
        $null = New-Item -ItemType Directory (Split-Path $nextModule)
        Copy-Item $ModulePath $nextModule -Recurse
        $manifest = Get-Content -Raw "$nextModule/ArcToken.psd1"
        Set-Content "$nextModule/ArcToken.psd1" ($manifest -replace "(ModuleVersion\s*=\s*)'[^']*'", "`$1'$next'")
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

    It 'is uninstalled, and nothing of it is left' {
        Invoke-User 'Uninstall-PSResource ArcToken -Version "*"'
        Invoke-User '@(Get-Module ArcToken -ListAvailable).Count' | Should -Be 0
        Get-ChildItem $profileFolder -Recurse -Force -Filter '*arc?token*' | Should -BeNullOrEmpty
    }
}
