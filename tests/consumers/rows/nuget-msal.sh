#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'NuGet `Microsoft.Identity.Client`' 4.92.0
nuget_program Microsoft.Identity.Client@4.92.0 <<'CS'
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.AppConfig;

try
{
    var application = ManagedIdentityApplicationBuilder.Create(ManagedIdentityId.SystemAssigned).Build();
    Console.WriteLine((await application.AcquireTokenForManagedIdentity("https://vault.azure.net").ExecuteAsync()).AccessToken);
}
catch (MsalException e) { Console.WriteLine($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}"); }
CS
states with 'works, 2 requests' dotnet out/program.dll
states without 'works, 2 requests' dotnet out/program.dll
states refused '1 request: MsalServiceException: *' dotnet out/program.dll
print_row
