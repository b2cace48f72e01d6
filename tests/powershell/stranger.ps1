# How root runs the finished module as a user who is nobody else. Linux only.

# A user and a group that no real one has.
$StrangerId = 54321
$StrangersGroup = 54322

# Why that cannot be done here, if it cannot.
function Get-StrangerObstacle {
    if (-not $IsLinux) { return 'users and groups are Linux''s here' }
    if ([Environment]::UserName -ne 'root') { return 'only root can become another user' }
    if (-not (Get-Command setpriv -ErrorAction Ignore)) { return 'there is no setpriv' }
    setpriv --reuid $StrangerId --regid $StrangerId --clear-groups test -x ([Environment]::ProcessPath)
    if ($LASTEXITCODE) { "other users cannot run $([Environment]::ProcessPath)" }
}

# Makes what the stranger needs in a folder. Module and PowerShell may lie in root's home: copies that everybody can read.
function New-Stranger([string]$Folder) {
    Copy-Item $ModulePath "$Folder/ArcToken" -Recurse
    $powerShell = $PSHOME
    setpriv --reuid $StrangerId --regid $StrangerId --clear-groups test -r "$PSHOME/pwsh.dll"
    if ($LASTEXITCODE) {
        Copy-Item $PSHOME "$Folder/powershell" -Recurse
        $powerShell = "$Folder/powershell"
    }
    $null = New-Item -ItemType Directory "$Folder/home"
    chmod -R a+rX $Folder
    chown "${StrangerId}:$StrangerId" "$Folder/home"
    [pscustomobject]@{
        Module  = "$Folder/ArcToken"
        # For splatting to Invoke-PowerShell.
        Running = @{
            Wrapper          = 'setpriv', '--reuid', $StrangerId, '--regid', $StrangerId, '--clear-groups'
            PowerShellFolder = $powerShell
            Folder           = $Folder
            Environment      = @{ HOME = "$Folder/home" }
        }
    }
}
