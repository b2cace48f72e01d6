using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>
/// Decides between -Resource, and -ResourceTypeName with -Environment, where a cmdlet got both. What the session has as a default
/// (<c>$PSDefaultParameterValues</c>) gives way to what was typed.
/// </summary>
internal sealed class ResourceChoice
{
    private const string Resource = "Resource";
    private const string ResourceTypeName = "ResourceTypeName";
    private const string Environment = "Environment";

    private readonly PSCmdlet command;
    private bool hasWarned;

    internal ResourceChoice(PSCmdlet command) => this.command = command;

    /// <summary>True for the resources themselves, false for services by name.</summary>
    /// <exception cref="ArcTokenException">Both were typed.</exception>
    internal bool IsByResource(bool hasResource, bool hasName, string? environment)
    {
        if (!hasResource)
        {
            return false;
        }

        if (hasName)
        {
            if (!SessionDefaults.Has(command, ResourceTypeName))
            {
                return SessionDefaults.Has(command, Resource) ? Ignore(Resource, false) : throw Both();
            }

            Ignore(ResourceTypeName, true);
        }

        if (environment is not null)
        {
            IgnoreEnvironment(environment);
        }

        return true;
    }

    private bool Ignore(string parameter, bool isByResource)
    {
        command.WriteVerbose($"-{parameter} of $PSDefaultParameterValues is ignored beside -{(isByResource ? Resource : ResourceTypeName)}.");
        return isByResource;
    }

    private void IgnoreEnvironment(string environment)
    {
        if (SessionDefaults.Has(command, Environment))
        {
            Ignore(Environment, true);
        }
        else if (!hasWarned)
        {
            hasWarned = true;
            command.WriteWarning(
                $"-Environment {environment} is ignored: -Resource is sent as it is given. "
                    + "For a service's audience in that cloud, give -ResourceTypeName in place of -Resource.");
        }
    }

    private static ArcTokenException Both() => new(
        ArcTokenStatus.InvalidArgument,
        "-Resource and -ResourceTypeName exclude each other: both say what the token is for.",
        "Leave out one of them.");
}
