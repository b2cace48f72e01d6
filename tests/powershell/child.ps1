# How tests run a PowerShell of their own: with another environment, in another folder, as another user.

# The program and first arguments that start this same PowerShell. Installed as a .NET tool it has no program of its own.
function Get-PowerShellCommand([string]$PowerShellFolder = $PSHOME) {
    $program = [Environment]::ProcessPath
    if ((Split-Path -LeafBase $program) -eq 'dotnet') {
        return $program, (Join-Path $PowerShellFolder pwsh.dll)
    }

    Join-Path $PowerShellFolder (Split-Path -Leaf $program)
}

# Runs a script and gives what it wrote as text, its exit code, and how long it took.
function Invoke-PowerShell {
    param(
        [Parameter(Mandatory)][string]$Script,
        # A value of $null removes the variable.
        [hashtable]$Environment = @{},
        [string]$Folder = $PWD,
        # Comes before the program: setpriv and its arguments.
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

# The same for a script that writes objects: gives them as PowerShell reads them from JSON, or fails with what went wrong.
function Invoke-PowerShellObject {
    $result = Invoke-PowerShell @args
    if ($result.ExitCode -or $result.Error) {
        throw "The PowerShell failed ($($result.ExitCode)): $($result.Error) $($result.Output)"
    }
    $result.Output | ConvertFrom-Json
}
