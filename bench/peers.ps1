# The peers: the ways to get a token in PowerShell. Each has Load, the steps before the first token; Fresh, a token past the peer's
# caches, for a new resource as argument; and Cached, the token for one resource again, where the peer has a cache.
# Dot-source the settings before this file: $Agent (the emulator's description), $Where (parameters that name it), $Paths, $Skipped.

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

# Some peers cannot run here.
foreach ($name in $Skipped.Keys) { $Peers.Remove($name) }
