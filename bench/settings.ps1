# What all scripts of the benchmark are told, as a script: reading it must not load what a peer would have to load.

# A line that sets a variable to an ordered table of texts.
function ConvertTo-Assignment([string]$Name, $Table) {
    $quote = { "'" + [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($args[0]) + "'" }
    $pairs = if ($Table -is [Collections.IDictionary]) { $Table.GetEnumerator() } else { $Table.PSObject.Properties }
    $items = foreach ($pair in $pairs) { '{0} = {1}' -f (& $quote $pair.Name), (& $quote $pair.Value) }
    '${0} = [ordered]@{{ {1} }}' -f $Name, ($items -join '; ')
}

# Where the agent is must be said only where it is not at a real agent's place.
function Get-Where($Agent) {
    if ($Agent.own_directory) { @{ Endpoint = $Agent.endpoint; KeyDirectory = $Agent.key_directory } } else { @{} }
}

# Peers that cannot take part, and why.
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
