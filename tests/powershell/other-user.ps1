# Helper for tests: lets root run the finished module as another, unprivileged user. Linux only.

# Ids that no real user and no real group has.
$OtherUserId = 54321
$OtherGroupId = 54322

# The reason why this is not possible here. Nothing if it is.
function Get-OtherUserObstacle {
    if (-not $IsLinux) { return 'users and groups are Linux''s here' }
    if ([Environment]::UserName -ne 'root') { return 'only root can become another user' }
    if (-not (Get-Command setpriv -ErrorAction Ignore)) { return 'there is no setpriv' }
    setpriv --reuid $OtherUserId --regid $OtherUserId --clear-groups test -x ([Environment]::ProcessPath)
    if ($LASTEXITCODE) { "other users cannot run $([Environment]::ProcessPath)" }
}

# Prepares a folder for the other user: a home, a copy of the module and, if necessary, of PowerShell. The originals may lie in
# root's home, where other users cannot read them.
function New-OtherUser([string]$Folder) {
    Copy-Item $ModulePath "$Folder/ArcToken" -Recurse
    $powerShell = $PSHOME
    setpriv --reuid $OtherUserId --regid $OtherUserId --clear-groups test -r "$PSHOME/pwsh.dll"
    if ($LASTEXITCODE) {
        Copy-Item $PSHOME "$Folder/powershell" -Recurse
        $powerShell = "$Folder/powershell"
    }
    $null = New-Item -ItemType Directory "$Folder/home"
    chmod -R a+rX $Folder
    chown "${OtherUserId}:$OtherUserId" "$Folder/home"
    [pscustomobject]@{
        Module  = "$Folder/ArcToken"
        # For splatting to Invoke-PowerShell.
        Running = @{
            Wrapper          = 'setpriv', '--reuid', $OtherUserId, '--regid', $OtherUserId, '--clear-groups'
            PowerShellFolder = $powerShell
            Folder           = $Folder
            Environment      = @{ HOME = "$Folder/home" }
        }
    }
}
