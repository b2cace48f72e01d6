# How each peer gets a token in PowerShell. For each: Load, whatever comes before the first token; Fresh, a token past all caches
# of its own, given a resource that nobody has asked for yet; Cached, the token for the same resource again, where there is a cache.
# Dot-sourced after the settings: $Agent (what the emulator said of itself), $Where (parameters that name it), $Paths, $Skipped.

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
        Fresh = { $null = & $Paths.documentation $Agent.endpoint $args[0] }
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

# Those that cannot take part.
foreach ($name in $Skipped.Keys) { $Peers.Remove($name) }
