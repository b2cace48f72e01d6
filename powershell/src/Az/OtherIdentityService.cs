using System;
using System.Linq;
using ArcToken.Native;

namespace ArcToken.Az;

/// <summary>
/// The environment variables by which Azure's libraries find an identity service that is not the agent. They look at most of
/// these before the agent's own two.
/// </summary>
internal static class OtherIdentityService
{
    private static readonly string[] variables =
    {
        // With IDENTITY_ENDPOINT: App Service, Azure Automation, Service Fabric.
        "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT",

        // Cloud Shell, Azure Machine Learning, older App Service.
        "MSI_ENDPOINT", "MSI_SECRET",

        // Kubernetes: pod identity, workload identity.
        "AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZURE_FEDERATED_TOKEN_FILE",
    };

    /// <summary>A variable of another service that is set. Null if none is.</summary>
    internal static string? FirstVariable => variables.FirstOrDefault(SessionVariables.IsSet);

    /// <summary>Fails if a variable of another service is set. Only names are shown: a value can be a secret.</summary>
    /// <exception cref="ArcTokenException">Az would ask that service.</exception>
    internal static void RequireNone()
    {
        string[] found = variables.Where(SessionVariables.IsSet).ToArray();
        if (found.Length != 0)
        {
            throw new ArcTokenException(
                ArcTokenStatus.EndpointRefused,
                $"Az may get the identity of another service than Azure Arc's, because of the environment variables of this process: "
                    + $"{string.Join(", ", found)}.",
                "Remove them from this process's environment if nothing needs them, or log in with a token: "
                    + "Connect-ArcAzAccount without -Identity.");
        }
    }
}
