# How tests start, watch and end the agent emulator.

# Starts an emulator of its own on a free port. It ends with this process, however that ends.
function Start-Emulator([string[]]$Arguments = @()) {
    $start = [Diagnostics.ProcessStartInfo]::new($EmulatorPath)
    @('--until-stdin-closes') + $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if (-not $line) {
        throw "The emulator '$EmulatorPath' did not start."
    }
    $null = $process.StandardOutput.ReadToEndAsync() # It must never wait for us to read the rest.

    $agent = $line | ConvertFrom-Json -AsHashtable # Environment variables differ by letter case alone.
    [pscustomobject]@{
        Process      = $process
        Control      = $agent.control
        Endpoint     = $agent.endpoint
        KeyDirectory = $agent.key_directory
        # For splatting. Nothing when a fault wants the client to find the agent in its environment.
        Where        = $agent.endpoint ? @{ Endpoint = $agent.endpoint; KeyDirectory = $agent.key_directory } : @{}
        # What a fault wants the client's environment to be.
        Environment  = $agent.environment
    }
}

function Stop-Emulator($Emulator) {
    if ($Emulator -and -not $Emulator.Process.HasExited) {
        $Emulator.Process.StandardInput.Close()
        if (-not $Emulator.Process.WaitForExit(5000)) {
            $Emulator.Process.Kill()
        }
    }
}

# Forgets what was asked and issued, and answers rightly again. This process forgets the tokens that it had.
function Reset-Emulator($Emulator) {
    Clear-ArcTokenCache
    $null = Invoke-RestMethod -Method Post "$($Emulator.Control)/reset"
    Set-Fault $Emulator ''
}

# Makes the emulator answer wrongly from now on; no name: rightly.
function Set-Fault($Emulator, [string]$Name) {
    $null = Invoke-RestMethod -Method Post "$($Emulator.Control)/fault?name=$Name"
}

# The requests it got so far.
function Get-AgentRequest($Emulator) {
    Invoke-RestMethod "$($Emulator.Control)/requests" | ForEach-Object { $_ }
}

# The tokens and keys it issued so far.
function Get-Issued($Emulator) {
    Invoke-RestMethod "$($Emulator.Control)/issued"
}
