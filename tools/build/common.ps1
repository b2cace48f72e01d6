# Functions that all tasks use.

# Runs a part of the build and prints its duration.
function Invoke-Step([string]$Name, [scriptblock]$Body) {
    Write-Build Gray "$Name ..."
    $watch = [Diagnostics.Stopwatch]::StartNew()
    . $Body
    Write-Build Gray ('{0}: {1:N1} s' -f $Name, $watch.Elapsed.TotalSeconds)
}

# The path of this platform's native library in the module: linux-x64/arc_token.so, win-x64/arc_token.dll, ...
function Get-NativeFile {
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $suffix = if ($IsWindows) { 'dll' } elseif ($IsMacOS) { 'dylib' } else { 'so' }
    $architecture = [Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
    "$system-$architecture/arc_token.$suffix"
}

# The command that starts this same PowerShell. As a .NET tool, PowerShell has no executable and runs with dotnet.
$PowerShell = @([Environment]::ProcessPath)
if ((Split-Path -LeafBase $PowerShell[0]) -eq 'dotnet') {
    $PowerShell += Join-Path $PSHOME pwsh.dll
}
$PowerShell += '-NoProfile', '-NonInteractive', '-File'

# Runs a script in a new PowerShell.
function Invoke-PowerShell {
    $program, $first = $PowerShell
    $rest = $args
    exec { & $program @first @rest } -ErrorMessage "$($rest[0]) failed."
}

# Runs dotnet. It leaves folders in the temporary folder, so it gets one that is removed afterwards.
function Invoke-Dotnet {
    $with = $args
    $before = $env:TMPDIR
    $env:TMPDIR = [IO.Directory]::CreateTempSubdirectory('arctoken-').FullName
    try {
        exec { dotnet @with } -ErrorMessage "dotnet $($with[0]) failed."
    }
    finally {
        Remove-Item $env:TMPDIR -Recurse -Force
        $env:TMPDIR = $before
    }
}
