# Helper for tests: runs an example as it stands, with the emulator in place of the agent and a local service in place of Azure's.

# This text comes before each example.
$ExamplePrologue = {
    param($Where, $Service, $Module, $Code)
    $ErrorActionPreference = 'Stop'
    Import-Module $Module
    $PSDefaultParameterValues = @{}
    foreach ($command in 'Get-ArcToken', 'Connect-ArcAzAccount', 'Test-ArcAgent', 'Get-ArcMachine', 'Invoke-ArcCommand') {
        if ($Code -match "\| $command" -and $command -like 'Connect*') { continue } # This call gets its token from the pipeline and needs no agent.
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

# Runs an example in a runspace of its own. Returns its output. A request in it must be one that the service accepts.
function Invoke-Example($Agent, $Service, [string]$Code) {
    $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
    try {
        $null = $shell.AddScript($ExamplePrologue, $false).AddArgument($Agent.Where).AddArgument($Service.Uri).AddArgument($ModulePath).AddArgument($Code).Invoke()
        $shell.Commands.Clear()
        $sent = @($Service.Requests).Count
        $output = $shell.AddScript($Code, $false).Invoke()
        $shell.HadErrors | Should -BeFalse -Because "$($shell.Streams.Error)"
        @($output | Where-Object { $_ -is [Management.Automation.ErrorRecord] }) | Should -BeNullOrEmpty
        if ($Code -match 'Invoke-RestMethod') {
            @($Service.Requests).Count | Should -BeGreaterThan $sent
            $Service.Requests[-1].Accepted | Should -BeTrue
        }
        $output
    }
    finally {
        $shell.Dispose()
    }
}
