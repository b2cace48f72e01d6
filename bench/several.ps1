# Measures five tokens by one call beside one token, with an agent that takes 200 ms for each answer and answers many at once. Peers
# ask for one after the other. Writes JSON: the milliseconds of each sample, by name.
param([string]$Settings, [int]$Rounds)

$ErrorActionPreference = 'Stop'
. $Settings
. "$PSScriptRoot/peers.ps1"
if ($env:IDENTITY_ENDPOINT) { $env:IDENTITY_ENDPOINT, $env:IMDS_ENDPOINT = $Agent.endpoint, ($Agent.endpoint -replace '/metadata.*') }
. $Peers.ArcToken.Load

$five = { foreach ($i in 1..5) { "https://$([guid]::NewGuid()).example" } }
$turns = [ordered]@{
    'ArcToken one'  = { $null = Get-ArcToken $resources[0] @Where }
    'ArcToken five' = { $null = Get-ArcToken $resources @Where }
}
if ($Peers.Contains('MSAL')) {
    . $Peers.MSAL.Load
    $turns['MSAL five'] = { foreach ($resource in $resources) { . $Peers.MSAL.Fresh $resource } }
}
$result = [ordered]@{}
foreach ($name in $turns.Keys) { $result[$name] = [Collections.Generic.List[double]]::new() }
foreach ($round in -2..($Rounds - 1)) {
    foreach ($name in $turns.Keys) {
        $resources = & $five
        Clear-ArcTokenCache
        $watch = [Diagnostics.Stopwatch]::StartNew()
        . $turns[$name]
        if ($round -ge 0) { $result[$name].Add($watch.Elapsed.TotalMilliseconds) }
    }
}
$result | ConvertTo-Json -Compress
