# Helper for tests: runs scripts in a new PowerShell process, with another environment, in another folder, or as another user.

# The command that starts this same PowerShell. As a .NET tool, PowerShell has no executable and runs with dotnet.
function Get-PowerShellCommand([string]$PowerShellFolder = $PSHOME) {
    $program = [Environment]::ProcessPath
    if ((Split-Path -LeafBase $program) -eq 'dotnet') {
        return $program, (Join-Path $PowerShellFolder pwsh.dll)
    }

    Join-Path $PowerShellFolder (Split-Path -Leaf $program)
}

# Runs a script and returns its standard output, its standard error and its exit code.
function Invoke-PowerShell {
    param(
        [Parameter(Mandatory)][string]$Script,
        # A value of $null removes the variable.
        [hashtable]$Environment = @{},
        [string]$Folder = $PWD,
        # A command that starts the program, with its arguments: setpriv, for example.
        [string[]]$Wrapper = @(),
        [string]$PowerShellFolder = $PSHOME
    )

    $prologue = "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$PSStyle.OutputRendering = 'PlainText'; "
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($prologue + $Script))
    $command = @($Wrapper) + @(Get-PowerShellCommand $PowerShellFolder) + '-NoProfile', '-NonInteractive', '-EncodedCommand', $encoded

    $start = [Diagnostics.ProcessStartInfo]::new($command[0])
    $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    foreach ($name in $Environment.Keys) {
        if ($null -eq $Environment[$name]) {
            $null = $start.Environment.Remove($name)
        }
        else {
            $start.Environment[$name] = $Environment[$name]
        }
    }

    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $reads = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit(60000)) {
        $process.Kill($true)
        throw 'The PowerShell did not end within a minute.'
    }

    [pscustomobject]@{ Output = $reads[0].Result; Error = $reads[1].Result; ExitCode = $process.ExitCode }
}

# Runs a script that writes JSON, and returns it as objects. Throws if the script fails.
function Invoke-PowerShellObject {
    $result = Invoke-PowerShell @args
    if ($result.ExitCode -or $result.Error) {
        throw "The PowerShell failed ($($result.ExitCode)): $($result.Error) $($result.Output)"
    }
    $result.Output | ConvertFrom-Json
}
