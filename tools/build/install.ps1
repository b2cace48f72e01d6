# Installs the finished module for this user or for all, as tests and the task `install` do.

# Where PowerShell looks for modules: this user's folder, or all users'.
function Get-ModulesFolder([switch]$AllUsers) {
    if ($IsWindows) {
        $documents = $AllUsers ? $env:ProgramFiles : [Environment]::GetFolderPath('MyDocuments')
        return Join-Path $documents PowerShell Modules
    }

    if ($AllUsers) {
        return '/usr/local/share/powershell/Modules'
    }

    Join-Path ($env:XDG_DATA_HOME ? $env:XDG_DATA_HOME : (Join-Path $HOME .local share)) powershell Modules
}

# Puts the module into the folder ArcToken/VERSION below $Modules, beside other versions. Running sessions go on with the files that they
# have open: nothing is written over, and the same version is replaced by renaming. Returns the folder.
function Install-ModuleFolder([string]$Module, [string]$Modules, [switch]$AllUsers) {
    $version = (Import-PowerShellDataFile "$Module/ArcToken.psd1").ModuleVersion
    $target = Join-Path $Modules ArcToken $version
    $mark = [guid]::NewGuid().ToString('N')
    $new, $old = ".new-$mark", ".old-$mark" | ForEach-Object { Join-Path $Modules ArcToken $_ } # PowerShell passes over names that are no version.
    try {
        $null = New-Item -ItemType Directory -Force (Split-Path $target) -ErrorAction Stop
        Copy-Item $Module $new -Recurse -ErrorAction Stop
        if ($AllUsers -and -not $IsWindows) {
            # Whatever this user's umask is: all may read, and nobody else may write.
            chmod -R u=rwX,go=rX (Split-Path $target)
        }

        if (Test-Path $target) {
            [IO.Directory]::Move($target, $old)
        }

        [IO.Directory]::Move($new, $target)
    }
    catch {
        if ((Test-Path $old) -and -not (Test-Path $target)) {
            [IO.Directory]::Move($old, $target)
        }

        $advice = $AllUsers ? 'Installing for all users needs root or an administrator.' : "Is the folder this user's own?"
        if ($IsWindows) {
            $advice += ' Windows replaces no file that is in use: end the sessions that have this version loaded.'
        }

        throw "ArcToken $version cannot be put into '$target': $($_.Exception.Message) $advice"
    }
    finally {
        Remove-Item $new, $old -Recurse -Force -ErrorAction Ignore
    }

    $target
}
