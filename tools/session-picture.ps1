# Draws session-light.svg and session-dark.svg: a real session of the commands below with the agent emulator.
# `./build.sh picture` draws the pictures of the README.
param([Parameter(Mandatory)][string]$Module, [Parameter(Mandatory)][string]$Emulator, [string]$Folder = "$PSScriptRoot/../docs")

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$width = 88
$EmulatorPath = $Emulator
. "$PSScriptRoot/../tests/powershell/emulator.ps1"
Import-Module (Resolve-Path $Module)
$PSStyle.OutputRendering = 'Ansi'
[cultureinfo]::CurrentCulture = 'en-US' # PowerShell wraps between words in few languages.

# Shows a prompt with the command, then the output of the command.
function Show-Command([string]$Command) {
    "`e[36mPS>`e[0m `e[1m$Command`e[0m"
    $output = & ([scriptblock]::Create($Command)) | Out-String -Width $width
    $output.Trim("`r", "`n") -split '\r?\n'
    ''
}

$agent = Start-Emulator
$PSDefaultParameterValues = @{ '*-Arc*:Endpoint' = $agent.Endpoint; '*-Arc*:KeyDirectory' = $agent.KeyDirectory }
try {
    $lines = @(Show-Command 'Get-ArcToken'
        Show-Command '(Get-ArcToken -ResourceTypeName KeyVault).Claims.aud'
        Show-Command 'Get-ArcMachine')
    Stop-Emulator $agent
    $lines += "`e[90m# The agent has stopped.`e[0m"
    $lines += Show-Command 'Test-ArcAgent | Where-Object Name -EQ Port'
}
finally {
    Stop-Emulator $agent
}

# The colours of the two themes: background, text, and those of the escape sequences.
$themes = @{
    light = @{ back = '#ffffff'; frame = '#d0d7de'; text = '#1f2328'; '31' = '#cf222e'; '32' = '#1a7f37'; '33' = '#9a6700'; '36' = '#1b7c83'; '90' = '#6e7781' }
    dark  = @{ back = '#0d1117'; frame = '#30363d'; text = '#e6edf3'; '31' = '#ff7b72'; '32' = '#3fb950'; '33' = '#d29922'; '36' = '#39c5cf'; '90' = '#8b949e' }
}

# Turns a line into text elements of SVG, one for each run of characters with the same style.
function ConvertTo-Svg([string]$Line, [int]$Row, [hashtable]$Theme) {
    $colour, $bold, $column = 'text', $false, 0
    foreach ($match in [regex]::Matches($Line, '\e\[(?<codes>[\d;]*)m|(?<text>[^\e]+)')) {
        if (-not $match.Groups['text'].Success) {
            foreach ($code in $match.Groups['codes'].Value -split ';') {
                if ($code -in '', '0') { $colour, $bold = 'text', $false }
                elseif ($code -eq '1') { $bold = $true }
                elseif ($Theme.ContainsKey($code)) { $colour = $code }
            }
            continue
        }
        $text = $match.Groups['text'].Value
        if (-not $text.Trim()) {
            $column += $text.Length
            continue
        }
        $weight = if ($bold) { ' font-weight="bold"' }
        '<text x="{0:0.#}" y="{1}" fill="{2}"{3} textLength="{4:0.#}">{5}</text>' -f (20 + $column * 8.4), (34 + $Row * 20), $Theme[$colour], $weight,
            ($text.Length * 8.4), [Security.SecurityElement]::Escape($text)
        $column += $text.Length
    }
}

[cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
while ($lines[-1] -eq '') { $lines = $lines[0..($lines.Count - 2)] }
foreach ($name in $themes.Keys) {
    $theme = $themes[$name]
    $size = 'width="{0:0}" height="{1}"' -f ($width * 8.4 + 40), ($lines.Count * 20 + 40)
    $body = 0..($lines.Count - 1) | ForEach-Object { ConvertTo-Svg $lines[$_] $_ $theme }
    @"
<svg xmlns="http://www.w3.org/2000/svg" $size font-family="ui-monospace, Consolas, Menlo, monospace" font-size="14" xml:space="preserve">
<title>A PowerShell session with ArcToken</title>
<rect x="0.5" y="0.5" width="99.8%" height="99.8%" rx="8" fill="$($theme.back)" stroke="$($theme.frame)"/>
$($body -join "`n")
</svg>
"@ | Set-Content "$Folder/session-$name.svg"
}
