using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// A command that asks the agent: where and how long to ask. A command that can also do without overrides the parameters,
/// to put them into a parameter set.
/// </summary>
public abstract class AgentRequestCommand : ArcTokenCommand
{
    // A day: what the library allows.
    private protected const int LongestTimeoutSec = 86400;

    /// <summary>The longest time that a call may take, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, LongestTimeoutSec)]
    public virtual int? TimeoutSec { get; set; }

    /// <summary>The agent's endpoint, where it is not to be found by itself.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual Uri? Endpoint { get; set; }

    /// <summary>The directory of the agent's key files, for an agent that is named with <see cref="Endpoint"/>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? KeyDirectory { get; set; }

    /// <summary>Another version of the agent's protocol.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? ApiVersion { get; set; }

    /// <summary>Tells the request what the parameters say.</summary>
    private protected virtual void Prepare(TokenRequest request)
    {
        request.Set(TokenOption.Endpoint, Endpoint?.OriginalString);
        request.Set(TokenOption.KeyDirectory, KeyDirectoryPath());
        request.Set(TokenOption.ApiVersion, ApiVersion);
        if (TimeoutSec is { } seconds)
        {
            request.Set(TokenOption.TimeoutMs, (ulong)seconds * 1000);
        }
    }

    /// <summary>Asks for the machine's metadata.</summary>
    /// <exception cref="ArcTokenException">There is none.</exception>
    private protected ArcMachine RequestMachine()
    {
        using var request = new TokenRequest(RequestPurpose.Machine, null);
        Prepare(request);
        using TableHandle machine = Send<TableHandle>(request, "Getting the machine's metadata");
        return ArcMachine.Of(machine);
    }

    // PowerShell's current directory is not the process's, and ~ or a drive's name mean nothing outside of PowerShell.
    private string? KeyDirectoryPath()
    {
        if (KeyDirectory is null)
        {
            return null;
        }

        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(
            KeyDirectory, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem"
            ? path
            : throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument,
                $"The key directory '{KeyDirectory}' is not in the file system.",
                "Give the path of a directory, or leave -KeyDirectory out.");
    }
}
