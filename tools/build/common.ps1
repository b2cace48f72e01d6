# Small things that every task uses.

# Runs a part of the build and says how long it took.
function Invoke-Step([string]$Name, [scriptblock]$Body) {
    Write-Build Gray "$Name ..."
    $watch = [Diagnostics.Stopwatch]::StartNew()
    . $Body
    Write-Build Gray ('{0}: {1:N1} s' -f $Name, $watch.Elapsed.TotalSeconds)
}

# What lies in the module's folder for this platform: linux-x64/arc_token.so, win-x64/arc_token.dll, ...
function Get-NativeFile {
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $suffix = if ($IsWindows) { 'dll' } elseif ($IsMacOS) { 'dylib' } else { 'so' }
    $architecture = [Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
    "$system-$architecture/arc_token.$suffix"
}

# This same PowerShell, as a command; as a .NET tool it has no program of its own.
$PowerShell = @([Environment]::ProcessPath)
if ((Split-Path -LeafBase $PowerShell[0]) -eq 'dotnet') {
    $PowerShell += Join-Path $PSHOME pwsh.dll
}
$PowerShell += '-NoProfile', '-NonInteractive', '-File'

# Runs a script in a PowerShell of its own.
function Invoke-PowerShell {
    $program, $first = $PowerShell
    $rest = $args
    exec { & $program @first @rest } -ErrorMessage "$($rest[0]) failed."
}

# Runs a part of the .NET SDK, which leaves folders in the temporary folder: in one that is removed afterwards.
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
