using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Az;

/// <summary>
/// The two environment variables by which Azure's libraries find the agent. Its installer sets them for all on Windows,
/// and on Linux for services only.
/// </summary>
internal static class AgentEnvironment
{
    private const string IdentityEndpoint = "IDENTITY_ENDPOINT";
    private const string ImdsEndpoint = "IMDS_ENDPOINT";

    /// <summary>Whether Azure's libraries find the agent by both.</summary>
    internal static bool IsComplete => IsSet(IdentityEndpoint) && IsSet(ImdsEndpoint);

    /// <summary>Sets both for this process, if neither is set.</summary>
    /// <exception cref="ArcTokenException">There is no agent.</exception>
    internal static void Offer(PSCmdlet command)
    {
        bool identity = IsSet(IdentityEndpoint);
        bool imds = IsSet(ImdsEndpoint);
        if (identity && imds)
        {
            command.WriteVerbose($"{IdentityEndpoint} and {ImdsEndpoint} are set already.");
            return;
        }

        if (identity || imds)
        {
            // One of ours beside one of another service's would send Az to a place that neither of them means.
            command.WriteWarning(
                $"{(identity ? IdentityEndpoint : ImdsEndpoint)} is set without the other one, and both are left as they are. "
                    + "Az may look for another service's identity.");
            return;
        }

        using TableHandle agent = TableHandle.FindAgent();
        string endpoint = agent.Text(0, TableColumn.Endpoint)!;
        string root = new Uri(endpoint).GetLeftPart(UriPartial.Authority);
        if (!command.ShouldProcess($"{IdentityEndpoint}={endpoint}, {ImdsEndpoint}={root}", "Set environment variables of this process"))
        {
            return;
        }

        Environment.SetEnvironmentVariable(IdentityEndpoint, endpoint);
        Environment.SetEnvironmentVariable(ImdsEndpoint, root);
        command.WriteWarning(
            $"{IdentityEndpoint}={endpoint} and {ImdsEndpoint}={root} were set ({agent.Text(0, TableColumn.EndpointSource)}). "
                + "This process sees them until it ends, and so do the processes that it starts.");
    }

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
