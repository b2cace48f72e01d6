# The PowerShell lines of docs/token-exchange.md and docs/after-the-token.md run, with the stand-in for Az and a local service for Azure's.

BeforeDiscovery {
    $blocks = foreach ($page in 'token-exchange', 'after-the-token') {
        $text = (Get-Content -Raw "$PSScriptRoot/../../docs/$page.md").Replace("`r", '')
        foreach ($match in [regex]::Matches($text, '(?s)```powershell\n(.*?)\n```')) {
            @{ Page = $page; Code = $match.Groups[1].Value; First = $match.Groups[1].Value.Split("`n")[0] }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/libraries.ps1"
    Enable-AzStandIn
    $agent = Start-Emulator
    $where = $agent.Where
    $service = Start-LoopbackService $agent

    # Runs a block in a scope of its own, with the emulator as the agent.
    function Invoke-Block([string]$Code) {
        $PSDefaultParameterValues = @{ 'Get-ArcToken:Endpoint' = $where.Endpoint; 'Get-ArcToken:KeyDirectory' = $where.KeyDirectory }
        $app, $tenant = '11111111-2222-3333-4444-666666666666', 'contoso.example'
        function Invoke-RestMethod([uri]$Uri, [hashtable]$Headers) {
            Microsoft.PowerShell.Utility\Invoke-RestMethod ([uri]::new($service.Uri, $Uri.PathAndQuery)) -Headers $Headers
        }
        & ([scriptblock]::Create($Code)) 3>$null
    }
}

AfterAll {
    $service.Dispose()
    Stop-Emulator $agent
    Disable-AzStandIn
}

Describe '<Page>' -ForEach $blocks {
    It 'runs "<First>"' {
        $sent = @($service.Requests).Count
        $output = Invoke-Block $Code
        if ($Code -match 'Connect-AzAccount') {
            $call = Get-LastCall
            $call.ParameterSet | Should -Be 'ClientAssertionParameterSet'
            $call.Bound.FederatedToken | Should -BeExactly @((Get-Issued $agent).tokens)[-1]
            Get-Audience $call.Bound.FederatedToken | Should -BeExactly 'api://AzureADTokenExchange'
        }
        elseif ($Code -match 'Invoke-RestMethod') {
            @($service.Requests).Count | Should -BeGreaterThan $sent
            $service.Requests[-1].Accepted | Should -BeTrue
        }
        else {
            $output | Should -Not -BeNullOrEmpty
        }
        if ($Code -match 'Issuer') {
            $output.Issuer | Should -Match '^https://'
            $output.Subject | Should -Match '^[0-9a-f-]{36}$'
            $output.Audience | Should -BeExactly 'api://AzureADTokenExchange'
        }
    }
}

Describe 'The mistakes that the page names' {
    It 'are what they are said to be' {
        $token = Get-ArcToken @where
        "Bearer $($token.Token)" | Should -BeExactly 'Bearer System.Security.SecureString'
        "Bearer $token" | Should -BeLike 'Bearer ArcToken.AccessToken(*'
    }
}
