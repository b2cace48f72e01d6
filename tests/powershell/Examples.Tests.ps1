# Every example of the help runs: with the emulator, the stand-in for Az, and a local service in place of Azure's services.
# An example that cannot run here has a comment in its Markdown with the reason: <!-- not run: REASON -->

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
    . "$PSScriptRoot/example.ps1"
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
        try {
            $null = Invoke-Example $agent $service $Code
        }
        finally {
            $env:IDENTITY_ENDPOINT = $agent.Endpoint
            $env:IMDS_ENDPOINT = 'http://127.0.0.1'
        }
    }
}
