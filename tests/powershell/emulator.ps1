# Helper for tests: starts, controls and ends the agent emulator.

# Starts an emulator on a free port. It ends when this process ends, in any way.
function Start-Emulator([string[]]$Arguments = @()) {
    $start = [Diagnostics.ProcessStartInfo]::new($EmulatorPath)
    @('--until-stdin-closes') + $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if (-not $line) {
        throw "The emulator '$EmulatorPath' did not start."
    }
    $null = $process.StandardOutput.ReadToEndAsync() # Without this, the emulator could block on a full pipe.

    $agent = $line | ConvertFrom-Json -AsHashtable # The names of some environment variables differ only in letter case.
    [pscustomobject]@{
        Process      = $process
        Control      = $agent.control
        Endpoint     = $agent.endpoint
        KeyDirectory = $agent.key_directory
        # For splatting. Empty for a fault where the client must find the agent by its environment.
        Where        = $agent.endpoint ? @{ Endpoint = $agent.endpoint; KeyDirectory = $agent.key_directory } : @{}
        # The environment that a fault requires for the client.
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

# Clears the emulator's record and fault, and the cache of this process.
function Reset-Emulator($Emulator) {
    Clear-ArcTokenCache
    $null = Invoke-RestMethod -Method Post "$($Emulator.Control)/reset"
    Set-Fault $Emulator ''
}

# Turns a fault of the emulator on. An empty name turns it off.
function Set-Fault($Emulator, [string]$Name) {
    $null = Invoke-RestMethod -Method Post "$($Emulator.Control)/fault?name=$Name"
}

# The requests that the emulator has got.
function Get-AgentRequest($Emulator) {
    Invoke-RestMethod "$($Emulator.Control)/requests" | ForEach-Object { $_ }
}

# The tokens and keys that the emulator has issued.
function Get-Issued($Emulator) {
    Invoke-RestMethod "$($Emulator.Control)/issued"
}
