# Shows the finished module at work against an emulated agent. Ends all it started; the emulator removes its own key files.
param([Parameter(Mandatory)][string]$Module, [Parameter(Mandatory)][string]$Emulator)

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/demo-service.ps1"

function Show-Step([string]$Text, [scriptblock]$Body) {
    ''
    "== $Text"
    $watch = [Diagnostics.Stopwatch]::StartNew()
    . $Body
    '   {0:N0} ms' -f $watch.Elapsed.TotalMilliseconds
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
    $null = $process.StandardOutput.ReadToEndAsync() # It must never wait for us to read the rest.
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
    Show-Step 'Import-Module ArcToken' {
        Import-Module $Module
    }

    Show-Step 'An emulated Azure Arc agent starts on a free port' {
        $script:agent = Start-Emulator
        "   $($agent.endpoint)"
    }
    $where = @{ Endpoint = $agent.endpoint; KeyDirectory = $agent.key_directory }

    Show-Step 'Get-ArcToken: a token for Azure Resource Manager' {
        Get-ArcToken @where | Out-Host
    }

    Show-Step 'A Key Vault token, used in a request to a service that asks the emulator whether it issued that token' {
        $script:service = Start-DemoService $agent.control 'https://vault.azure.net'
        $token = Get-ArcToken https://vault.azure.net @where
        $request = @{ Uri = $service.Uri; AllowUnencryptedAuthentication = $true; SkipHttpErrorCheck = $true; StatusCodeVariable = 'status' }
        $answer = Invoke-RestMethod @request -Authentication Bearer -Token $token.Token
        "   with the token:     $status $answer"
        if ($status -ne 200) { throw 'The service refused the token.' }

        $other = Get-ArcToken https://management.azure.com/ @where
        $answer = Invoke-RestMethod @request -Authentication Bearer -Token $other.Token
        "   with another token: $status $answer"
        if ($status -ne 401) { throw 'The service took a token that is not for it.' }
    }

    Show-Step 'The agent stops, and Get-ArcToken says what is wrong and what to do' {
        Stop-Emulator $agent
        # Another resource: the tokens above are kept, and need no agent any more.
        Get-ArcToken https://graph.microsoft.com @where -ErrorAction SilentlyContinue -ErrorVariable problem
        if (-not $problem) { throw 'A token came from an agent that does not run.' }
        "   $($problem[0].FullyQualifiedErrorId)"
        "   $($problem[0].Exception.Message)"
    }
}
finally {
    if ($service) { Stop-DemoService $service }
    if ($agent -and -not $agent.Process.HasExited) { $agent.Process.Kill() }
}
