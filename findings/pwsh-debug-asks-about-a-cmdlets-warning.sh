#!/usr/bin/env bash
# PowerShell 7.6.9, NuGet (a .NET tool). Last run 2026-11-29.
#
# Since PowerShell 6 -Debug no longer asks: it sets the debug preference to Continue. That is so for functions, and for debug
# messages. A warning of a compiled cmdlet under -Debug is still met with Inquire: at a terminal it stops and asks, under
# -NonInteractive the command ends with an error in the place of the warning, with no word about either. $WarningPreference does not
# help, -WarningAction Continue does.
. "$(dirname "$0")/common.sh"

need dotnet
alone dotnet tool install powershell --version 7.6.9 --tool-path "$work/tool" >"$work/install.log" 2>&1 || skip "NuGet: $(tail -n 1 "$work/install.log")"
cat >"$work/warn.ps1" <<'PS'
$PSStyle.OutputRendering = 'PlainText'
Add-Type -PassThru '
using System.Management.Automation;
[Cmdlet("Show", "Cmdlet")]
public class ShowCmdlet : Cmdlet { protected override void ProcessRecord() { WriteWarning("w"); WriteObject("done"); } }' | ForEach-Object Assembly | Import-Module
function Show-Function { [CmdletBinding()] param() Write-Warning w; 'done' }
function Show-Result([string]$Name, [scriptblock]$Script) { $seen = try { & $Script 3>&1 } catch { "$_" }; "${Name}: $seen" }
Show-Result function { Show-Function -Debug }
Show-Result cmdlet { Show-Cmdlet -Debug }
$WarningPreference = 'SilentlyContinue'
Show-Result preference { Show-Cmdlet -Debug }
Show-Result action { Show-Cmdlet -Debug -WarningAction Continue }
PS
alone "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/warn.ps1" >"$work/seen"
line() { grep "^$1:" "$work/seen"; }
same "a function" "$(line function)" 'function: w done'
same "a cmdlet" "$(line cmdlet)" 'cmdlet: *PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.'
same "the same with \$WarningPreference = 'SilentlyContinue'" "$(line preference)" 'preference: *NonInteractive mode*'
same "with -WarningAction Continue" "$(line action)" 'action: w done'
