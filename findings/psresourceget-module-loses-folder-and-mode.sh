#!/usr/bin/env bash
# PowerShell 7.6.9 (NuGet, a .NET tool) with its PSResourceGet 1.2.0, on Linux. Last run 2026-11-29.
#
# A module that goes through Publish-PSResource and Save-PSResource (or Install-PSResource) arrives with all of its files, it seems.
# But: a folder named "package" or "_rels" is not there, since these are NuGet's own names inside a package; programs have lost their
# execute bit; a symbolic link has become a copy. Nobody says a word. So a module that calls a program it brings along must set the
# mode itself, or load a library instead: libraries work without the bit.
. "$(dirname "$0")/common.sh"

need dotnet
alone dotnet tool install powershell --version 7.6.9 --tool-path "$work/tool" >"$work/install.log" 2>&1 || skip "NuGet: $(tail -n 1 "$work/install.log")"
mkdir -p "$work/Mod"/{bin,package,_rels,other} "$work/feed" "$work/saved"
for file in package/part.txt _rels/part.txt other/part.txt bin/program bin/library.so; do echo x >"$work/Mod/$file"; done
chmod 755 "$work/Mod/bin/program"
ln -s library.so "$work/Mod/bin/link.so"
cat >"$work/publish.ps1" <<'PS'
$ErrorActionPreference = 'Stop'
Set-Content $PSScriptRoot/Mod/Mod.psm1 'function Get-It {}'
New-ModuleManifest $PSScriptRoot/Mod/Mod.psd1 -RootModule Mod.psm1 -ModuleVersion 1.0.0 -Author a -Description d -FunctionsToExport Get-It
Register-PSResourceRepository feed $PSScriptRoot/feed -Trusted
Publish-PSResource $PSScriptRoot/Mod -Repository feed
Save-PSResource Mod -Repository feed -Path $PSScriptRoot/saved
(Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet).Version.ToString()
PS
same "PSResourceGet, and nothing else printed" "$(alone "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/publish.ps1" 2>&1)" 1.2.0
saved=$work/saved/Mod/1.0.0
same "folders" "$(cd "$saved" && find . -mindepth 1 -type d | sort | tr '\n' ' ')" './bin ./other '
same "in the package that was published" "$(python3 -m zipfile -l "$work"/feed/*.nupkg | grep -c part.txt)" 3
same "a program, a library, a link" "$(stat -c '%a %F' "$saved/bin/program" "$saved/bin/library.so" "$saved/bin/link.so" | tr '\n' ';')" \
  '644 regular file;644 regular file;644 regular file;'
