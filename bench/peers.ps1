# How each peer gets a token in PowerShell. For each: Load, whatever comes before the first token; Fresh, a token past all caches
# of its own, given a resource that nobody has asked for yet; Cached, the token for the same resource again, where there is a cache.
# Dot-sourced, with $Agent (what the emulator said of itself) and $Paths (module, empty, clients, curl) set.

# The documentation's way: ask, read the file that the refusal names, ask again.
function Get-TokenWithWebRequests([string]$Resource) {
    $uri = '{0}?api-version=2020-06-01&resource={1}' -f $Agent.endpoint, [uri]::EscapeDataString($Resource)
    try {
        $null = Invoke-WebRequest -Uri $uri -Headers @{ Metadata = 'True' } -UseBasicParsing
    }
    catch {
        $challenge = "$($_.Exception.Response.Headers.WwwAuthenticate)"
    }
    $path = $challenge -replace '^Basic realm=', ''
    $key = Get-Content -Raw $path
    $answer = Invoke-WebRequest -Uri $uri -Headers @{ Metadata = 'True'; Authorization = "Basic $key" } -UseBasicParsing
    (ConvertFrom-Json $answer.Content).access_token
}

# Where the agent is must be said only where it is not at a real agent's place.
$Where = if ($Agent.own_directory) { @{ Endpoint = $Agent.endpoint; KeyDirectory = $Agent.key_directory } } else { @{} }

$Peers = [ordered]@{
    EmptyModule = @{
        Load   = { Import-Module $Paths.empty }
        Fresh  = { $null = Get-Nothing }
        Cached = { $null = Get-Nothing }
    }
    ArcToken = @{
        Load   = { Import-Module $Paths.module }
        Fresh  = { $null = Get-ArcToken @Where -ForceRefresh }
        Cached = { $null = Get-ArcToken @Where }
    }
    Documentation = @{
        Load  = { }
        Fresh = { $null = Get-TokenWithWebRequests $args[0] }
    }
    BashCurl = @{
        Load  = { }
        Fresh = { $null = bash $Paths.curl $Agent.endpoint $args[0] }
    }
    'Azure.Identity' = @{
        Load   = {
            Add-Type -Path "$($Paths.clients)/Azure.Identity.dll"
            $script:credential = [Azure.Identity.ManagedIdentityCredential]::new([Azure.Identity.ManagedIdentityId]::SystemAssigned)
        }
        Fresh  = { $null = $credential.GetToken([Azure.Core.TokenRequestContext]::new(@("$($args[0])/.default"))) }
        Cached = { $null = $credential.GetToken([Azure.Core.TokenRequestContext]::new(@('https://cached.example/.default'))) }
    }
    MSAL = @{
        Load   = {
            Add-Type -Path "$($Paths.clients)/Microsoft.Identity.Client.dll"
            $identity = [Microsoft.Identity.Client.AppConfig.ManagedIdentityId]::SystemAssigned
            $script:application = [Microsoft.Identity.Client.ManagedIdentityApplicationBuilder]::Create($identity).Build()
        }
        Fresh  = { $null = $application.AcquireTokenForManagedIdentity($args[0]).ExecuteAsync().GetAwaiter().GetResult() }
        Cached = { $null = $application.AcquireTokenForManagedIdentity('https://cached.example').ExecuteAsync().GetAwaiter().GetResult() }
    }
    AzAuth = @{
        Load   = { Import-Module AzAuth }
        Fresh  = { $null = Get-AzToken -Resource $args[0] -ManagedIdentity }
        Cached = { $null = Get-AzToken -Resource 'https://cached.example' -ManagedIdentity }
    }
}

# Peers that cannot take part, and why.
$Skipped = [ordered]@{}
if ($Agent.own_directory) {
    foreach ($name in 'Azure.Identity', 'MSAL', 'AzAuth') {
        $Skipped[$name] = "its key directory is fixed, so it needs a mount namespace: $($Agent.own_directory)"
    }
}
if (-not (Get-Module AzAuth -ListAvailable)) { $Skipped.AzAuth = 'the module is not installed' }
if (@(Get-Command bash, curl -CommandType Application -ErrorAction Ignore).Count -lt 2) { $Skipped.BashCurl = 'bash or curl is not installed' }
foreach ($name in $Skipped.Keys) { $Peers.Remove($name) }
