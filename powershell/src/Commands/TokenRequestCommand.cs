using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>A command that asks for tokens: which identity to ask for.</summary>
public abstract class TokenRequestCommand : AgentRequestCommand
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

    /// <summary>Ask for a new token, past the caches of this process and of the agent.</summary>
    [Parameter]
    public virtual SwitchParameter ForceRefresh { get; set; }

    /// <summary>Asks for a token as the parameters say.</summary>
    /// <exception cref="ArcTokenException">There is none.</exception>
    private protected ResultHandle RequestToken(string resource)
    {
        using var request = new TokenRequest(RequestPurpose.Token, resource);
        Prepare(request);
        return Send<ResultHandle>(request, $"Getting a token for {resource}");
    }

    /// <inheritdoc/>
    private protected override void Prepare(TokenRequest request)
    {
        base.Prepare(request);
        request.Set(TokenOption.ClientId, ClientId);
        request.Set(TokenOption.ObjectId, ObjectId);
        request.Set(TokenOption.IdentityResourceId, IdentityResourceId);
        if (ForceRefresh)
        {
            request.Set(TokenOption.ForceRefresh, 1);
        }
    }
}
