using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// The base of cmdlets that send a request to the agent: parameters for the address and the time limit. Some cmdlets need
/// them in one parameter set only, and override them for that.
/// </summary>
public abstract class AgentCmdletBase : ArcCmdletBase
{
    // One day is the limit of the library.
    private protected const int LongestTimeoutSec = 86400;

    /// <summary>The longest time that a call may take, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, LongestTimeoutSec)]
    public virtual int? TimeoutSec { get; set; }

    /// <summary>The agent's endpoint, in place of the one that the library finds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual Uri? Endpoint { get; set; }

    /// <summary>The directory of the agent's key files, for an agent that is named with <see cref="Endpoint"/>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? KeyDirectory { get; set; }

    /// <summary>The version of the agent's protocol, in place of the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? ApiVersion { get; set; }

    /// <summary>Fail when the system does not say who answers at the agent's port.</summary>
    [Parameter]
    public virtual SwitchParameter RequireIdentifiedAgent { get; set; }

    /// <summary>Go on in a user namespace where the agent's user has no number of its own.</summary>
    [Parameter]
    public virtual SwitchParameter AllowUnidentifiedAgent { get; set; }

    /// <summary>Keep trying within the time limit while the agent is not there yet.</summary>
    [Parameter]
    public virtual SwitchParameter WaitForAgent { get; set; }

    /// <summary>Puts the values of the parameters into the request.</summary>
    private protected virtual void Prepare(NativeRequest request)
    {
        request.Set(RequestOption.Endpoint, Endpoint?.OriginalString);
        request.Set(RequestOption.KeyDirectory, KeyDirectoryPath());
        request.Set(RequestOption.ApiVersion, ApiVersion);
        if (TimeoutSec is { } seconds)
        {
            request.Set(RequestOption.TimeoutMs, (ulong)seconds * 1000);
        }

        request.Set(RequestOption.RequireIdentifiedAgent, RequireIdentifiedAgent ? 1u : 0u);
        request.Set(RequestOption.AllowUnidentifiedAgent, AllowUnidentifiedAgent ? 1u : 0u);
        request.Set(RequestOption.WaitForAgent, WaitForAgent ? 1u : 0u);
    }

    /// <summary>Gets the machine's metadata from the agent.</summary>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    private protected ArcMachine RequestMachine()
    {
        using var request = new NativeRequest(RequestPurpose.Machine, null);
        Prepare(request);
        using TableHandle machine = Send<TableHandle>(request, "Getting the machine's metadata");
        return ArcMachine.Of(machine);
    }

    // The library cannot resolve the path: PowerShell has its own current directory, its own drives and its own ~.
    private protected string? KeyDirectoryPath()
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
