using System;
using System.Management.Automation;
using ArcToken.Commands;
using ArcToken.Native;

namespace ArcToken.Az;

/// <summary>
/// The two environment variables by which Azure's libraries find the agent. The agent's installer sets them for every
/// process on Windows, but only for services on Linux.
/// </summary>
internal static class AgentEnvironment
{
    private const string IdentityEndpoint = "IDENTITY_ENDPOINT";
    private const string ImdsEndpoint = "IMDS_ENDPOINT";

    /// <summary>Whether both variables are set.</summary>
    internal static bool IsComplete => SessionVariables.IsSet(IdentityEndpoint) && SessionVariables.IsSet(ImdsEndpoint);

    /// <summary>
    /// Sets both for this process, if neither is set. In any case the address that Az is going to ask is checked first.
    /// </summary>
    /// <exception cref="ArcTokenException">There is no agent, or Az would ask somebody else.</exception>
    internal static void SetForProcess(PSCmdlet command)
    {
        OtherIdentityService.RequireNone();
        bool identity = SessionVariables.IsSet(IdentityEndpoint);
        bool imds = SessionVariables.IsSet(ImdsEndpoint);
        if (identity)
        {
            // Also without IMDS_ENDPOINT: where the agent is installed, Az then asks this address all the same.
            Check(command, Environment.GetEnvironmentVariable(IdentityEndpoint)!);
        }

        if (identity && imds)
        {
            command.WriteVerbose($"{IdentityEndpoint} and {ImdsEndpoint} are set already.");
            return;
        }

        if (identity || imds)
        {
            // The variable that is set may belong to another service. The agent's beside it would send Az to a wrong place.
            command.WriteWarning(
                $"{(identity ? IdentityEndpoint : ImdsEndpoint)} is set without the other one, and both are left as they are. "
                    + "Az may look for another service's identity.");
            return;
        }

        using var request = new NativeRequest(RequestPurpose.Token, null);
        using TableHandle agent = request.FindAgent();
        string endpoint = agent.Text(0, TableColumn.Endpoint)!;
        Check(command, endpoint);
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

    // .NET's reading of it is checked, too, because that is where Az connects to.
    private static void Check(PSCmdlet command, string endpoint)
    {
        try
        {
            CheckOne(command, endpoint);
            if (Uri.TryCreate(endpoint, UriKind.Absolute, out Uri read) && read.AbsoluteUri != endpoint)
            {
                CheckOne(command, read.AbsoluteUri);
            }
        }
        catch (ArcTokenException e) when (e.Status == ArcTokenStatus.EndpointRefused)
        {
            throw new ArcTokenException(
                e.Status,
                e.Problem,
                $"Remove {IdentityEndpoint} from this process's environment, or log in with a token: Connect-ArcAzAccount without -Identity.");
        }
    }

    private static void CheckOne(PSCmdlet command, string endpoint)
    {
        using var request = new NativeRequest(RequestPurpose.Token, null);
        using TableHandle result = request.CheckEndpoint(endpoint);
        command.WriteLog(result);
    }
}
