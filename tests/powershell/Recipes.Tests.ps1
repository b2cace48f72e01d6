# docs/recipes.md: what stands there runs, or says that it cannot. It starts many processes: only with ARCTOKEN_FULL=1.

if ($env:ARCTOKEN_FULL -ne '1') {
    Describe 'docs/recipes.md' {
        It 'runs' {
            Set-ItResult -Skipped -Because 'it starts many processes: only with ARCTOKEN_FULL=1'
        }
    }
    return
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    . "$PSScriptRoot/example.ps1"
    . "$PSScriptRoot/other-user.ps1"

    # The blocks of code, by section, language and number: 'systemd/ini/2'. NotRun says that the page names the reason.
    $page = (Get-Content -Raw "$RepositoryRoot/docs/recipes.md").Replace("`r", '')
    $blocks = [ordered]@{}
    foreach ($section in [regex]::Matches($page, '(?ms)^## (?<title>[^\n]+)\n(?<text>.*?)(?=^## |\z)')) {
        $title = $section.Groups['title'].Value
        foreach ($block in [regex]::Matches($section.Groups['text'].Value, '(?ms)^```(?<language>\w+)\n(?<code>.*?)\n```(?<after>\n\n\*Not run by the tests)?')) {
            $language, $number = $block.Groups['language'].Value, 1
            while ($blocks.Contains("$title/$language/$number")) { $number++ }
            $blocks["$title/$language/$number"] = [pscustomobject]@{ Code = $block.Groups['code'].Value; NotRun = $block.Groups['after'].Success }
        }
    }
    $seen = [Collections.Generic.HashSet[string]]::new()
    function Get-Block([string]$Name) {
        $null = $seen.Add($Name)
        $blocks.Contains($Name) | Should -BeTrue -Because "the page has '$Name'"
        $blocks[$Name].Code
    }

    $folder = New-TestFolder
    $agent = Start-Emulator
    $service = Start-LoopbackService $agent
    $where = "`$PSDefaultParameterValues = @{ '*-Arc*:Endpoint' = '$($agent.Endpoint)'; '*-Arc*:KeyDirectory' = '$($agent.KeyDirectory)' }"

    # The job script, for the emulator and the local service.
    $job = (Get-Block 'A job script/powershell/1').Replace('https://myvault.vault.azure.net', $service.Uri.ToString().TrimEnd('/'))
    $job = $job -replace '(?m)^(param.*)$', "`$1`n$($where.Replace('$', '$$'))"
    Set-Content "$folder/license.ps1" $job
    $modules = @{ PSModulePath = Split-Path $ModulePath }
    $start = @(Get-PowerShellCommand) + '-NoProfile', '-NonInteractive'

    # Runs a program. Returns its output and errors as text, and its exit code.
    function Invoke-Program([string[]]$Command, [hashtable]$Environment = $modules) {
        $program = $Command[0]
        $arguments = @($Command | Select-Object -Skip 1)
        $before = @{}
        foreach ($name in $Environment.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $Environment[$name])
        }
        try {
            $text = & $program @arguments 2>&1 | Out-String
            [pscustomobject]@{ Text = $text; ExitCode = $LASTEXITCODE }
        }
        finally {
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }

    function Assert-License([string]$Path) {
        Get-Content $Path | Should -Be 'the answer'
        Remove-Item $Path
    }
}

AfterAll {
    $service.Dispose()
    Stop-Emulator $agent
    Remove-Item $folder -Recurse -Force
}

Describe 'A job script' {
    AfterEach { Set-Fault $agent '' }

    It 'ends with 0 when it came to its end' {
        $result = Invoke-Program ($start + '-File', "$folder/license.ps1", "$folder/license")
        $result.ExitCode | Should -Be 0 -Because $result.Text
        Assert-License "$folder/license"
    }

    It 'ends with <Code> for <Fault>, and says what happened in one line' -ForEach @(
        @{ Fault = '429-before-challenge'; Code = 75; Id = 'AgentError' }
        @{ Fault = '400-before-challenge'; Code = 1; Id = 'AgentError' }
    ) {
        Set-Fault $agent $Fault
        $result = Invoke-Program ($start + '-File', "$folder/license.ps1", "$folder/license")
        $result.ExitCode | Should -Be $Code -Because $result.Text
        $result.Text.TrimEnd() | Should -Match "^${Id}: [^\n]+$"
    }

    It 'ends with <Code> where <When>' -ForEach @(
        @{ When = 'an error is caught by nothing'; Script = "`$ErrorActionPreference = 'Stop'; Get-ArcToken; 'after'"; Code = 1; Goes = $false }
        @{ When = 'an error has -ErrorAction Stop'; Script = "Get-ArcToken -ErrorAction Stop; 'after'"; Code = 1; Goes = $false }
        @{ When = 'an error of Get-ArcToken is only written'; Script = "Get-ArcToken; 'after'"; Code = 0; Goes = $true }
        @{ When = 'it says exit 7'; Script = 'exit 7'; Code = 7; Goes = $false }
    ) {
        Set-Fault $agent '400-before-challenge'
        Set-Content "$folder/short.ps1" "$where; $Script"
        $result = Invoke-Program ($start + '-File', "$folder/short.ps1")
        $result.ExitCode | Should -Be $Code -Because $result.Text
        $result.Text -match '(?m)^after' | Should -Be $Goes
    }

    It 'gives 1 for any exit with -Command, unless it says $LASTEXITCODE' {
        Set-Content "$folder/short.ps1" 'exit 7'
        (Invoke-Program ($start + '-Command', "$folder/short.ps1")).ExitCode | Should -Be 1
        (Invoke-Program ($start + '-Command', "$folder/short.ps1; exit `$LASTEXITCODE")).ExitCode | Should -Be 7
    }
}

Describe 'Jobs of the system' {
    It 'a scheduled task is valid PowerShell' {
        $problems = $null
        $null = [Management.Automation.Language.Parser]::ParseInput((Get-Block 'Scheduled tasks/powershell/1'), [ref]$null, [ref]$problems)
        $problems | Should -BeNullOrEmpty
    }

    It 'systemd takes the units' {
        if (-not (Get-Command systemd-analyze -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no systemd-analyze' }
        $units = New-Item -ItemType Directory "$folder/units"
        # Only a program that is there passes.
        Set-Content "$units/license.service" (Get-Block 'systemd/ini/1').Replace('/usr/bin/pwsh', '/bin/true')
        Set-Content "$units/license.timer" (Get-Block 'systemd/ini/2')
        $result = Invoke-Program 'systemd-analyze', 'verify', '--man=no', "$units/license.service", "$units/license.timer" @{ SYSTEMD_UNIT_PATH = "${units}:" }
        $result.Text | Should -BeNullOrEmpty
        $result.ExitCode | Should -Be 0
    }

    It 'a user with nothing but the group can run the job, and one without is told of the group' {
        $obstacle = Get-OtherUserObstacle
        if ($obstacle) { Set-ItResult -Skipped -Because $obstacle }
        $place = New-Item -ItemType Directory "$folder/other"
        chmod a+rX $folder
        $user = New-OtherUser $place
        $keys = New-Item -ItemType Directory "$folder/keys"
        chown "0:$OtherGroupId" $keys
        chmod 2750 $keys
        $guarded = Start-Emulator '--key-directory', $keys
        try {
            $script = (Get-Content -Raw "$folder/license.ps1").Replace($agent.Endpoint, $guarded.Endpoint).Replace($agent.KeyDirectory, $guarded.KeyDirectory)
            # The service knows the tokens of the other emulator.
            $script = $script -replace '(?s)try \{.*?\n\}', "try { Set-Content `$Destination (Get-ArcToken).Resource }"
            Set-Content "$place/license.ps1" $script
            $environment = @{ HOME = "$place/home"; PSModulePath = "$place" }
            $command = @(Get-PowerShellCommand $user.Running.PowerShellFolder) + '-NoProfile', '-NonInteractive', '-File', "$place/license.ps1", "$place/home/license"
            $result = Invoke-Program (@('setpriv', '--reuid', $OtherUserId, '--regid', $OtherUserId, '--groups', $OtherGroupId) + $command) $environment
            $result.ExitCode | Should -Be 0 -Because $result.Text
            "$place/home/license" | Should -Exist
            $result = Invoke-Program (@('setpriv', '--reuid', $OtherUserId, '--regid', $OtherUserId, '--clear-groups') + $command) $environment
            $result.ExitCode | Should -Be 1
            $result.Text | Should -BeLike 'KeyAccessDenied: *group*'
        }
        finally {
            Stop-Emulator $guarded
        }
    }

    It 'cron''s line runs with cron''s environment' -Skip:$IsWindows {
        $line = Get-Block 'cron/cron/1'
        $line | Should -Match '^\d+ \d+ \* \* \* /usr/bin/pwsh -NoProfile -NonInteractive -File /opt/jobs/license\.ps1$'
        $command = ($line -split ' ', 6)[5].Replace('/usr/bin/pwsh', "'$(@(Get-PowerShellCommand) -join "' '")'").Replace('/opt/jobs/license.ps1', "$folder/license.ps1 $folder/license")
        # The folder of all users' modules is a test's here.
        $result = Invoke-Program 'env', '-i', "HOME=$folder", 'PATH=/usr/bin:/bin', 'SHELL=/bin/sh', "PSModulePath=$(Split-Path $ModulePath)", '/bin/sh', '-c', $command
        $result.ExitCode | Should -Be 0 -Because $result.Text
        Assert-License "$folder/license"
    }

    It 'the same in a shell script, with programs in the place of arc-token and curl' -Skip:$IsWindows {
        $bin = New-Item -ItemType Directory "$folder/bin"
        Set-Content "$bin/arc-token" "#!/bin/sh`necho `"header for `$*`""
        Set-Content "$bin/curl" "#!/bin/sh`necho `"`$*: `$(cat)`""
        chmod +x "$bin/arc-token" "$bin/curl"
        $result = Invoke-Program 'sh', '-c', (Get-Block 'cron/sh/1') @{ PATH = "${bin}:$env:PATH" }
        $result.Text.Trim() | Should -Be '-sSf -H @- https://myvault.vault.azure.net/secrets/license?api-version=7.4: header for --resource https://vault.azure.net --format header'
    }
}

Describe 'Scripts of other programs' {
    It 'a runbook of Azure Automation asks the machine''s agent' {
        $environment = @{ IDENTITY_ENDPOINT = 'http://192.0.2.1/oauth2/token'; IDENTITY_HEADER = 'x'; IMDS_ENDPOINT = 'http://192.0.2.1' }
        $before = @{}
        foreach ($name in $environment.Keys) { $before[$name] = [Environment]::GetEnvironmentVariable($name); [Environment]::SetEnvironmentVariable($name, $environment[$name]) }
        try {
            Invoke-Example $agent $service (Get-Block 'Hybrid Runbook Worker/powershell/1') | Should -Be 'one'
        }
        finally {
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }

    It 'the step of <Name> gets the secret, and prints no token' -ForEach @(
        @{ Name = 'GitHub'; Number = 1; Said = '::add-mask::the answer' }
        @{ Name = 'Azure DevOps'; Number = 2; Said = '##vso[task.setvariable variable=license;issecret=true]the answer' }
    ) {
        $yaml = Get-Block "Runners of GitHub and Azure DevOps/yaml/$Number"
        $script = [regex]::Match($yaml, '(?s)(run|pwsh): \|\n(.*)$').Groups[2].Value -replace '(?m)^    '
        $env:GITHUB_ENV = "$folder/github"
        try {
            Invoke-Example $agent $service "`$ErrorActionPreference = 'Stop'`n$script" | Should -Be $Said
        }
        finally {
            $env:GITHUB_ENV = $null
        }
        if ($Number -eq 1) { Get-Content "$folder/github" | Should -Be 'LICENSE=the answer' }
    }

    It 'JEA: the function works in a restricted session that has no other way to a token' {
        $code = (Get-Block 'JEA/powershell/1').Replace('https://myvault.vault.azure.net', $service.Uri.ToString().TrimEnd('/'))
        $place = New-Item -ItemType Directory "$folder/jea/MyJea/RoleCapabilities"
        Push-Location $place
        try { . ([scriptblock]::Create($code)) } finally { Pop-Location }
        Set-Content "$folder/jea/MyJea/MyJea.psm1" ''

        # As an endpoint does it, with a variable for the emulator; every user has the role.
        $before = $env:PSModulePath
        $env:PSModulePath = "$folder/jea", (Split-Path $ModulePath), $before -join [IO.Path]::PathSeparator
        $state = [initialsessionstate]::CreateFromSessionConfigurationFile("$place/License.pssc", [Func[string, bool]] { $true })
        $values = [Management.Automation.DefaultParameterDictionary]::new(@{ '*-Arc*:Endpoint' = $agent.Endpoint; '*-Arc*:KeyDirectory' = $agent.KeyDirectory })
        $state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('PSDefaultParameterValues', $values, ''))
        $shell = [powershell]::Create($state)
        try {
            $shell.AddCommand('Get-License').Invoke() | Should -Be 'the answer' -Because "$($shell.Streams.Error)"
            $shell.Commands.Clear()
            { $shell.AddCommand('Get-ArcToken').Invoke() } | Should -Throw '*not recognized*'
        }
        finally {
            $shell.Dispose()
            $env:PSModulePath = $before
        }
    }

    It 'DSC: the three blocks of the resource do their work' {
        $code = (Get-Block 'DSC/powershell/1').Replace('https://myvault.vault.azure.net', $service.Uri.ToString().TrimEnd('/')).Replace('/var/lib/license/license', "$folder/license")
        $blocks = . ([scriptblock]::Create(($code -replace '^Script License ', '@')))
        . ([scriptblock]::Create($where))
        & $blocks.TestScript | Should -BeFalse
        & $blocks.SetScript
        & $blocks.TestScript | Should -BeTrue
        (& $blocks.GetScript).Result | Should -Be "$folder/license"
        Assert-License "$folder/license"
    }
}

Describe 'The rest of the page' {
    It 'other clouds: each line runs' {
        Enable-AzStandIn
        try {
            $env:ARCTOKEN_TEST_ARM = $service.Uri
            $null = Invoke-Example $agent $service (Get-Block 'Other clouds/powershell/1')
        }
        finally {
            Disable-AzStandIn
        }
    }

    It 'proxies: the variable is for others, since the agent is asked without a proxy' {
        Get-Block 'Proxies/sh/1' | Should -Be 'export NO_PROXY=localhost,127.0.0.1'
        $dead = @{ http_proxy = 'http://127.0.0.1:1'; ALL_PROXY = 'http://127.0.0.1:1'; NO_PROXY = $null }
        (Invoke-PowerShell "Import-Module '$ModulePath'; $where; (Get-ArcToken).Type" $dead).Output.Trim() | Should -Be 'Bearer'
    }

    It 'Azure Files: the token goes to the library, and onto no command line' -Skip:(-not $IsLinux) {
        $bin = New-Item -ItemType Directory "$folder/files"
        Set-Content "$bin/azfiles.c" @'
#include <stdio.h>
int extern_smb_set_credential_oauth_token(char *uri, char *token, unsigned int *seconds) {
    *seconds = 3600;
    fprintf(stderr, "%s %s\n", uri, token);
    return token[0] == 0;
}
'@
        cc -shared -fPIC -o "$bin/libazfilesauth.so" "$bin/azfiles.c"
        Set-Content "$bin/arc-token" "#!/bin/sh`n[ `"`$*`" = '--resource https://storage.azure.com' ] && echo a.token"
        chmod +x "$bin/arc-token"
        Set-Content "$bin/ticket.py" (Get-Block 'Azure Files over SMB/python/1')
        $result = Invoke-Program 'python3', "$bin/ticket.py" @{ PATH = "${bin}:$env:PATH"; LD_LIBRARY_PATH = "$bin" }
        $result.Text | Should -BeLike '*https://account.file.core.windows.net a.token*the ticket holds for 3600 s*'
    }

    It 'upgrade and uninstall: the module is listed, and its folder can go while a session uses it' -Skip:$IsWindows {
        $lines = (Get-Block 'Upgrade and uninstall/powershell/1') -split '\n'
        $copy = New-Item -ItemType Directory "$folder/modules"
        Copy-Item $ModulePath "$copy/ArcToken" -Recurse
        $result = Invoke-PowerShell "`$env:PSModulePath = '$copy'; $($lines[0]) | Out-String; Import-Module ArcToken; $where; `$null = Get-ArcToken
            Remove-Item '$copy/ArcToken' -Recurse -Force; (Get-ArcToken -ForceRefresh).Type"
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Match 'ArcToken'
        $result.Output.TrimEnd() | Should -Match 'Bearer$'
    }

    It 'is run, or says that it is not' {
        # This test comes last: by now each block that is run was asked for.
        @($blocks.Keys).Where({ -not $blocks[$_].NotRun -and $_ -notin $seen }) | Should -BeNullOrEmpty
    }
}
