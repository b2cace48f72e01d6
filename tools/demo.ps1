# Demonstrates the finished module with an emulated agent, as a session at a prompt. It ends all processes that it starts, and the
# emulator removes its keys.
param([Parameter(Mandatory)][string]$Module, [Parameter(Mandatory)][string]$Emulator)

$ErrorActionPreference = 'Stop'
[cultureinfo]::CurrentCulture = 'en-US' # PowerShell wraps between words in few languages.
. "$PSScriptRoot/demo-service.ps1"

function Write-Note([string]$Text) {
    ''
    "# $Text"
}

# Shows a command after a prompt, runs it in this script's scope, and shows what it gives. An error is shown as in a session.
function Show-Command([string]$Command) {
    "PS> $Command"
    try {
        . ([scriptblock]::Create($Command)) 2>&1 | Tee-Object -Variable script:given | Out-String -Stream | Where-Object { $_ }
    }
    catch {
        $script:given = $_
        $_ | Out-String -Stream | Where-Object { $_ }
    }
}

function Start-Emulator {
    $start = [Diagnostics.ProcessStartInfo]::new($Emulator)
    $start.ArgumentList.Add('--until-stdin-closes')
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if (-not $line) {
        throw 'The emulator did not start.'
    }
    $null = $process.StandardOutput.ReadToEndAsync() # Without this, the emulator could block on a full pipe.
    $agent = $line | ConvertFrom-Json
    $agent | Add-Member Process $process
    $agent
}

function Stop-Emulator($Agent) {
    $Agent.Process.StandardInput.Close()
    if (-not $Agent.Process.WaitForExit(5000)) {
        $Agent.Process.Kill()
        throw 'The emulator did not end when it was told to.'
    }
    if (Test-Path $Agent.key_directory) {
        throw "The emulator left $($Agent.key_directory) behind."
    }
}

$agent = $service = $null
try {
    $agent = Start-Emulator
    $service = Start-DemoService $agent.control 'https://vault.azure.net'

    Write-Note "An emulated Azure Arc agent has started. On a machine with the agent itself, the three lines below are not needed."
    . Show-Command "Import-Module '$Module'"
    . Show-Command "`$PSDefaultParameterValues['*-Arc*:Endpoint'] = '$($agent.endpoint)'"
    . Show-Command "`$PSDefaultParameterValues['*-Arc*:KeyDirectory'] = '$($agent.key_directory)'"

    Write-Note 'A token for Azure Resource Manager'
    . Show-Command 'Get-ArcToken'

    Write-Note 'A Key Vault token, for a service that asks the emulator whether it issued that token'
    $request = "Invoke-RestMethod $($service.Uri) -AllowUnencryptedAuthentication -Authentication Bearer -Token"
    . Show-Command "$request (Get-ArcToken -ResourceTypeName KeyVault)"
    if ("$given" -ne 'the secret of the vault') { throw 'The service refused the token.' }

    Write-Note 'The service refuses a token that is not for it.'
    . Show-Command "$request (Get-ArcToken)"
    if ("$given" -notmatch 'refused') { throw 'The service took a token that is not for it.' }

    Stop-Emulator $agent
    Write-Note 'The agent has stopped. A token from the cache needs none; for another, the error says what to do.'
    . Show-Command '(Get-ArcToken).ExpiresIn.TotalHours -gt 1'
    if ("$given" -ne 'True') { throw 'The token was not in the cache.' }
    . Show-Command 'Get-ArcToken https://graph.microsoft.com'
    if ($given.FullyQualifiedErrorId -notlike 'AgentNotRunning,*') { throw 'It does not say that no agent runs.' }
    . Show-Command 'Test-ArcAgent | Where-Object Name -EQ Port'
    if ("$($given.Status)" -ne 'Fail') { throw 'Test-ArcAgent does not say that nobody listens at the port.' }
}
finally {
    if ($service) { Stop-DemoService $service }
    if ($agent -and -not $agent.Process.HasExited) { $agent.Process.Kill() }
}
