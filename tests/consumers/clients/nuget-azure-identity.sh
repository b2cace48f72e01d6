# The client and its packages, for its rows with and without arc-token exec.
consumer "$through"'NuGet `Azure.Identity`' 1.21.0
nuget_program Azure.Identity@1.21.0 Azure.Core@1.64.0 <<'CS'
using Azure.Core;
using Azure.Identity;

var credential = new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
try
{
    await credential.GetTokenAsync(new TokenRequestContext(["https://vault.azure.net/.default"]), default);
    Console.WriteLine((await credential.GetTokenAsync(new TokenRequestContext(["https://vault.azure.net/.default"]), default)).Token);
}
catch (Exception e) { Console.WriteLine($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}"); }
CS
client=(dotnet out/program.dll)
