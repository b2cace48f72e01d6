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
