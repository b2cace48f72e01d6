#!/usr/bin/env bash
# Azure.Identity 1.21.0 with Azure.Core 1.64.0 and Microsoft.Identity.Client 4.92.0, NuGet. Last run 2026-11-29.
#
# MSI_ENDPOINT with MSI_SECRET was App Service's first protocol (2017-09-01), and is what older programs are started with. Today's
# .NET clients take the pair for Azure Machine Learning's. That wants DEFAULT_IDENTITY_CLIENT_ID; without it nobody is asked at all.
# MSAL names the variable. Azure.Identity's message is empty where the reason belongs.
# MSI_ENDPOINT alone (Cloud Shell), or IDENTITY_ENDPOINT with IDENTITY_HEADER, works: a program that gives tokens to others should set these.
. "$(dirname "$0")/common.sh"

nuget_program Azure.Identity@1.21.0 Azure.Core@1.64.0 Microsoft.Identity.Client@4.92.0 <<'CS'
using Azure.Core;
using Azure.Identity;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.AppConfig;

try
{
    if (args[0] == "msal")
    {
        var application = ManagedIdentityApplicationBuilder.Create(Microsoft.Identity.Client.AppConfig.ManagedIdentityId.SystemAssigned).Build();
        Console.Write((await application.AcquireTokenForManagedIdentity("https://vault.azure.net").ExecuteAsync()).AccessToken);
    }
    else
    {
        var credential = new ManagedIdentityCredential(Azure.Identity.ManagedIdentityId.SystemAssigned);
        Console.Write((await credential.GetTokenAsync(new TokenRequestContext(["https://vault.azure.net/.default"]), default)).Token);
    }
}
catch (Exception e)
{
    Console.Write($"{e.GetType().Name}: {e.Message.ReplaceLineEndings("|")}");
}
CS
endpoint 200 '{"access_token":"T","expires_on":"NOW+86400","token_type":"Bearer","resource":"https://vault.azure.net"}'
run() { alone env "${@:2}" dotnet "$work/out/program.dll" "$1"; }
pair=(MSI_ENDPOINT="http://127.0.0.1:$port/msi" MSI_SECRET=s)

same "IDENTITY_ENDPOINT with IDENTITY_HEADER" "$(run msal IDENTITY_ENDPOINT="http://127.0.0.1:$port/msi" IDENTITY_HEADER=s)" T
same "MSI_ENDPOINT alone" "$(run msal "${pair[0]}")" T
: >"$work/requests"
same "the pair, MSAL" "$(run msal "${pair[@]}")" '*DEFAULT_IDENTITY_CLIENT_ID environment variable is null*'
same "the pair, Azure.Identity" "$(run azure-identity "${pair[@]}")" 'AuthenticationFailedException: ManagedIdentityCredential authentication failed: |See the troubleshooting guide*'
same "requests for the pair" "$(requests)" 0
