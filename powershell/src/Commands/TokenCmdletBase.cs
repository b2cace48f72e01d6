using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>The base of cmdlets that request tokens: parameters for the identity.</summary>
public abstract class TokenCmdletBase : AgentCmdletBase
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

    /// <summary>Get a new token, and bypass the caches of this process and of the agent.</summary>
    [Parameter]
    public virtual SwitchParameter ForceRefresh { get; set; }

    /// <summary>Gets a token from the agent, or from the cache of this process.</summary>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    private protected TokenHandle RequestToken(WantedResource wanted)
    {
        using NativeRequest request = NewRequest(wanted);
        return Send<TokenHandle>(request, Activity(wanted));
    }

    /// <summary>What the progress record of a request for a token says.</summary>
    internal static string Activity(WantedResource wanted) => $"Getting a token for {wanted.Text}";

    /// <summary>A request for a token with the values of the parameters, not started yet.</summary>
    /// <exception cref="ArcTokenException">A value is not allowed.</exception>
    internal NativeRequest NewRequest(WantedResource wanted)
    {
        NativeRequest request = wanted.NewRequest(RequestPurpose.Token);
        try
        {
            Prepare(request);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    private protected override void Prepare(NativeRequest request)
    {
        base.Prepare(request);
        request.Set(RequestOption.ClientId, ClientId);
        request.Set(RequestOption.ObjectId, ObjectId);
        request.Set(RequestOption.IdentityResourceId, IdentityResourceId);
        if (ForceRefresh)
        {
            request.Set(RequestOption.ForceRefresh, 1);
        }
    }
}
