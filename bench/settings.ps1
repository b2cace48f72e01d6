# Writes the settings of the benchmark's scripts as a script. Another format would load parts of PowerShell at a peer's expense.

# Makes a line of script that sets a variable to an ordered table of texts.
function ConvertTo-Assignment([string]$Name, $Table) {
    $quote = { "'" + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($args[0]) + "'" }
    $pairs = if ($Table -is [Collections.IDictionary]) { $Table.GetEnumerator() } else { $Table.PSObject.Properties }
    $items = foreach ($pair in $pairs) { '{0} = {1}' -f (& $quote $pair.Name), (& $quote $pair.Value) }
    '${0} = [ordered]@{{ {1} }}' -f $Name, ($items -join '; ')
}

# Writes the settings of scripts that ask this emulator.
function Export-Settings([string]$File, $Agent, $Paths) {
    $tables = [ordered]@{ Agent = $Agent; Where = Get-Where $Agent; Paths = $Paths; Skipped = Get-Skipped $Agent }
    $tables.GetEnumerator() |
        ForEach-Object { ConvertTo-Assignment $_.Key $_.Value } | Set-Content $File
}

# The parameters that name the emulator. None if it is in a real agent's place.
function Get-Where($Agent) {
    if ($Agent.own_directory) { @{ Endpoint = $Agent.endpoint; KeyDirectory = $Agent.key_directory } } else { @{} }
}

# The peers that cannot run here, each with the reason.
function Get-Skipped($Agent) {
    $skipped = [ordered]@{}
    if ($Agent.own_directory) {
        foreach ($name in 'Azure.Identity', 'MSAL', 'AzAuth') {
            $skipped[$name] = "its key directory is fixed, so it needs a mount namespace: $($Agent.own_directory)"
        }
    }
    if (-not (Get-Module AzAuth -ListAvailable)) { $skipped.AzAuth = 'the module is not installed' }
    if (@(Get-Command bash, curl -CommandType Application -ErrorAction Ignore).Count -lt 2) { $skipped.BashCurl = 'bash or curl is not installed' }
    $skipped
}
