# Every example of the help runs: against the emulator, the stand-in for Az, and a service that takes the emulator's tokens in
# the place of Azure's. One that cannot run here says so in its Markdown, with the reason: <!-- not run: REASON -->

BeforeDiscovery {
    $folder = Resolve-Path "$PSScriptRoot/../../docs/help/en-US"
    $pattern = '(?ms)^### (?<title>Example \d+: [^\n]+)\n\n(?:<!-- not run: (?<reason>[^\n]+) -->\n\n)?```powershell\n(?<code>.*?)\n```'
    $examples = foreach ($file in Get-ChildItem $folder -Filter '*-*.md') {
        foreach ($match in [regex]::Matches((Get-Content -Raw $file).Replace("`r", ''), $pattern)) {
            @{ Command = $file.BaseName; Title = $match.Groups['title'].Value; Code = $match.Groups['code'].Value; Reason = $match.Groups['reason'].Value }
        }
    }
    $commands = $examples | Group-Object { $_.Command } | ForEach-Object { @{ Name = $_.Name; Titles = $_.Group.Title } }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    $agent = Start-Emulator '--user-assigned', '11111111-2222-3333-4444-555555555555,11111111-bbbb-4000-8000-000000000002,/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i'
    $service = Start-LoopbackService $agent
    $before = @{}
    foreach ($name in 'PSModulePath', 'ARCTOKEN_TEST_ARM', 'IDENTITY_ENDPOINT', 'IMDS_ENDPOINT') {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
    }
    $env:PSModulePath = "$TestLibraries/modules", (Split-Path $ModulePath), $env:PSModulePath -join [IO.Path]::PathSeparator
    $env:ARCTOKEN_TEST_ARM = $service.Uri
    $env:IDENTITY_ENDPOINT = $agent.Endpoint
    $env:IMDS_ENDPOINT = 'http://127.0.0.1'

    # Comes before each example: where the agent is, and the service in the place of Azure's.
    $prologue = {
        param($Where, $Service, $Module, $Code)
        $ErrorActionPreference = 'Stop'
        Import-Module $Module
        $PSDefaultParameterValues = @{}
        foreach ($command in 'Get-ArcToken', 'Connect-ArcAzAccount', 'Test-ArcAgent', 'Get-ArcMachine') {
            if ($Code -match "\| $command" -and $command -like 'Connect*') { continue } # It is given a token, and asks nobody.
            $Where.Keys.ForEach({ $PSDefaultParameterValues["${command}:$_"] = $Where[$_] })
        }
        function Invoke-RestMethod {
            param([Parameter(Position = 0)][uri]$Uri, $Authentication, $Token, $Headers)
            if ($Uri.Scheme -ne 'https') { throw "$Uri would send the token in clear." }
            $PSBoundParameters.Uri = [uri]::new($Service, $Uri.PathAndQuery)
            if ($Token) { $PSBoundParameters.AllowUnencryptedAuthentication = $true }
            Microsoft.PowerShell.Utility\Invoke-RestMethod @PSBoundParameters
        }
        function Get-AzKeyVaultSecret {
            param($VaultName, $Name)
            if (-not [AzStandIn.Recorder]::Calls[-1].Bound['KeyVaultAccessToken']) { throw 'There is no login for Key Vault.' }
        }
    }
}

AfterAll {
    foreach ($name in $before.Keys) {
        [Environment]::SetEnvironmentVariable($name, $before[$name])
    }
    $service.Dispose()
    Stop-Emulator $agent
}

Describe 'The help' {
    It 'shows the examples of <Name>' -ForEach $commands {
        @((Get-Help $Name -Full).examples.example.title).Trim('- ') | Should -Be $Titles
    }

    It 'leaves few of them unrun' -ForEach @{ Unrun = $examples.Where({ $_.Reason }).Count } {
        $Unrun | Should -BeLessOrEqual 3
    }
}

Describe '<Command>, <Title>' -ForEach $examples {
    It 'runs' {
        if ($Reason) {
            Set-ItResult -Skipped -Because $Reason
        }
        Clear-ArcTokenCache
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            $null = $shell.AddScript($prologue, $false).AddArgument($agent.Where).AddArgument($service.Uri).AddArgument($ModulePath).AddArgument($Code).Invoke()
            $shell.Commands.Clear()
            $sent = @($service.Requests).Count
            $output = $shell.AddScript($Code, $false).Invoke()
            $shell.HadErrors | Should -BeFalse -Because "$($shell.Streams.Error)"
            @($output | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) | Should -BeNullOrEmpty
            if ($Code -match 'Invoke-RestMethod') {
                @($service.Requests).Count | Should -BeGreaterThan $sent
                $service.Requests[-1].Accepted | Should -BeTrue
            }
        }
        finally {
            $shell.Dispose()
            $env:IDENTITY_ENDPOINT = $agent.Endpoint
            $env:IMDS_ENDPOINT = 'http://127.0.0.1'
        }
    }
}
