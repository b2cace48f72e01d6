using System;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// A command that asks for tokens: which identity to ask for, and where and how long to ask. A command that can also do
/// without a token of its own overrides the parameters, to put them into a parameter set.
/// </summary>
public abstract class TokenRequestCommand : ArcTokenCommand
{
    /// <summary>The client id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? ClientId { get; set; }

    /// <summary>The object id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? ObjectId { get; set; }

    /// <summary>The Azure resource id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? IdentityResourceId { get; set; }

    /// <summary>The longest time that a call may take, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public virtual int? TimeoutSec { get; set; }

    /// <summary>Ask for a new token, past the caches of this process and of the agent.</summary>
    [Parameter]
    public virtual SwitchParameter ForceRefresh { get; set; }

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

    /// <summary>Asks for a token as the parameters say.</summary>
    /// <exception cref="ArcTokenException">There is none.</exception>
    private protected ResultHandle RequestToken(string resource)
    {
        using var request = new TokenRequest(resource);
        request.Set(TokenOption.ClientId, ClientId);
        request.Set(TokenOption.ObjectId, ObjectId);
        request.Set(TokenOption.IdentityResourceId, IdentityResourceId);
        request.Set(TokenOption.Endpoint, Endpoint?.OriginalString);
        request.Set(TokenOption.KeyDirectory, KeyDirectoryPath());
        request.Set(TokenOption.ApiVersion, ApiVersion);
        if (TimeoutSec is { } seconds)
        {
            request.Set(TokenOption.TimeoutMs, (ulong)seconds * 1000);
        }

        if (ForceRefresh)
        {
            request.Set(TokenOption.ForceRefresh, 1);
        }

        return Send(request, $"Getting a token for {resource}");
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
