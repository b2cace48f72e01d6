using System;
using System.IO;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>The check of Az's module: whether its own <c>-Identity</c> finds the agent. Only PowerShell can do this one.</summary>
internal static class AzCheck
{
    private const string Name = "Az.Accounts";
    private const string UseOurs = "Connect-ArcAzAccount logs in with a token, and with -Identity it tells Az where the agent is.";

    // Since this version, Az looks for the agent's program if the variables are not set.
    private static readonly Version findsProgram = new(4, 0, 1);

    // Since this version, Az supports Azure Arc.
    private static readonly Version knowsAgent = new(2, 3, 0);

    internal static AgentCheck Run(PSCmdlet command)
    {
        Version? version = AzAccounts.FindVersion(command);
        if (version is null)
        {
            return Row(CheckStatus.Skip, "It is not installed. Only Connect-ArcAzAccount and Enable-ArcAzCredential need it.", null);
        }

        if (version < knowsAgent)
        {
            return Row(
                CheckStatus.Warning,
                $"Version {version}: its own -Identity does not know Azure Arc.",
                "Update it, or log in with a token: Connect-ArcAzAccount.");
        }

        if (OtherIdentityService.FirstVariable is { } other)
        {
            return Row(
                CheckStatus.Warning,
                $"Version {version}: its own -Identity may ask another identity service, because {other} is set.",
                "Log in with a token: Connect-ArcAzAccount. Or remove the variable, if nothing needs it.");
        }

        if (AgentEnvironment.IsComplete)
        {
            return Row(
                CheckStatus.Pass,
                $"Version {version}: its own -Identity looks for the agent where IDENTITY_ENDPOINT and IMDS_ENDPOINT say.",
                null);
        }

        if (version < findsProgram)
        {
            return Row(
                CheckStatus.Warning,
                $"Version {version}: its own -Identity does not find the agent, because IDENTITY_ENDPOINT and IMDS_ENDPOINT are not both set.",
                UseOurs);
        }

        return File.Exists(AgentProgram)
            ? Row(CheckStatus.Pass, $"Version {version}: its own -Identity finds the agent by its program, {AgentProgram}.", null)
            : Row(CheckStatus.Warning, $"Version {version}: its own -Identity does not find the agent: there is no {AgentProgram}.", UseOurs);
    }

    private static string AgentProgram => Path.DirectorySeparatorChar == '\\'
        ? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "AzureConnectedMachineAgent", "himds.exe")
        : "/opt/azcmagent/bin/himds";

    private static AgentCheck Row(CheckStatus status, string detail, string? advice) => new(Name, status, detail, advice);
}
