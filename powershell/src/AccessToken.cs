using System;
using System.Globalization;
using System.Security;

namespace ArcToken;

/// <summary>
/// An access token for one resource, in the shape of <c>Get-AzAccessToken</c>'s output, and what the token says of
/// itself. Those claims are read for convenience; nobody has verified them.
/// </summary>
public sealed class AccessToken : IDisposable
{
    // The account id that Az itself uses for a machine's own identity.
    private const string MachineAccount = "MSI@50342";

    internal AccessToken(SecureString token, DateTimeOffset expiresOn, string resource)
    {
        Token = token;
        ExpiresOn = expiresOn;
        Resource = resource;
    }

    /// <summary>The token. It belongs to this object, and ends with it.</summary>
    public SecureString Token { get; }

    /// <summary>When the token ends.</summary>
    public DateTimeOffset ExpiresOn { get; }

    /// <summary>The tenant of the identity.</summary>
    public string? TenantId { get; internal set; }

    /// <summary>The account id to use with <c>Connect-AzAccount</c>: the identity's client id.</summary>
    public string UserId => ClientId ?? MachineAccount;

    /// <summary>How the token is presented: always <c>Bearer</c>.</summary>
    public string Type => "Bearer";

    /// <summary>The resource that the token was asked for.</summary>
    public string Resource { get; }

    /// <summary>The identity's application (client) id.</summary>
    public string? ClientId { get; internal set; }

    /// <summary>The identity's object (principal) id.</summary>
    public string? ObjectId { get; internal set; }

    /// <summary>The Azure resource id of this machine.</summary>
    public string? MachineResourceId { get; internal set; }

    /// <summary>The subscription that this machine is in.</summary>
    public string? SubscriptionId { get; internal set; }

    /// <summary>Wipes the token.</summary>
    public void Dispose() => Token.Dispose();

    /// <summary>Names the resource and the expiry, never the token: objects end up in logs as their text.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "ArcToken.AccessToken({0}, expires {1:yyyy-MM-dd HH:mm:ss}Z)",
        Resource,
        ExpiresOn.UtcDateTime);
}
