// Gets one token of the machine's managed identity with one of Microsoft's libraries, and prints it.
//
//   Clients azure-identity|msal RESOURCE [CLIENT_ID]

using Azure.Core;
using Azure.Identity;
using Microsoft.Identity.Client;
using AzureId = Azure.Identity.ManagedIdentityId;
using MsalId = Microsoft.Identity.Client.AppConfig.ManagedIdentityId;

if (args.Length is not (2 or 3))
{
    Console.Error.WriteLine("usage: Clients azure-identity|msal RESOURCE [CLIENT_ID]");
    return 2;
}

string resource = args[1];
string? clientId = args.ElementAtOrDefault(2);
try
{
    string token = args[0] switch
    {
        "azure-identity" => await ThroughAzureIdentity(resource, clientId),
        "msal" => await ThroughMsal(resource, clientId),
        _ => throw new ArgumentException($"{args[0]} is no client"),
    };
    Console.WriteLine(token);
    return 0;
}
catch (Exception e) when (e is AuthenticationFailedException or MsalException)
{
    Console.Error.WriteLine($"{e.GetType().Name}: {e.Message}");
    return 1;
}

static async Task<string> ThroughAzureIdentity(string resource, string? clientId)
{
    AzureId identity = clientId is null ? AzureId.SystemAssigned : AzureId.FromUserAssignedClientId(clientId);
    var credential = new ManagedIdentityCredential(identity);
    AccessToken token = await credential.GetTokenAsync(new TokenRequestContext([$"{resource}/.default"]));
    return token.Token;
}

static async Task<string> ThroughMsal(string resource, string? clientId)
{
    MsalId identity = clientId is null ? MsalId.SystemAssigned : MsalId.WithUserAssignedClientId(clientId);
    IManagedIdentityApplication application = ManagedIdentityApplicationBuilder.Create(identity).Build();
    AuthenticationResult result = await application.AcquireTokenForManagedIdentity(resource).ExecuteAsync();
    return result.AccessToken;
}
