using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Security;

namespace ArcToken;

/// <summary>
/// An access token for one resource, in the shape of <c>Get-AzAccessToken</c>'s output, and what the token says of
/// itself. Those claims are read for convenience; nobody has verified them.
/// </summary>
public sealed class AccessToken : IDisposable
{
    /// <summary>The account id that Az itself uses for a machine's own identity.</summary>
    internal const string MachineAccount = "MSI@50342";

    private IDictionary? claims;

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

    /// <summary>How long it is until the token ends; zero once it has.</summary>
    public TimeSpan ExpiresIn => IsExpired ? TimeSpan.Zero : ExpiresOn - DateTimeOffset.UtcNow;

    /// <summary>Whether the token has ended.</summary>
    public bool IsExpired => ExpiresOn <= DateTimeOffset.UtcNow;

    /// <summary>All that the token says, in its order: unverified, read only, and empty for a token that is no JWT.</summary>
    /// <exception cref="ArcTokenException">The token was disposed before.</exception>
    public IDictionary Claims => claims ??= (Read(TokenClaims.Of)?.All ?? new OrderedDictionary()).AsReadOnly();

    /// <summary>
    /// The token, the same instance: so that the object itself can be given to parameters that take a SecureString.
    /// </summary>
    public static implicit operator SecureString?(AccessToken? token) => token?.Token;

    /// <summary>
    /// Parameters for <c>Connect-AzAccount @p</c>, with the token as an ordinary string. <c>-Scope Process</c> is among
    /// them, because Az otherwise writes the token to disk.
    /// </summary>
    /// <exception cref="ArcTokenException">The token is for another service than Azure Resource Manager.</exception>
    public Hashtable ToAzAccountParameters()
    {
        RequireResourceManager(null);
        var parameters = new Hashtable(StringComparer.OrdinalIgnoreCase)
        {
            ["AccessToken"] = PlainToken(),
            ["AccountId"] = UserId,
            ["Scope"] = "Process",
        };
        if (TenantId is not null)
        {
            parameters["Tenant"] = TenantId;
        }

        return parameters;
    }

    /// <summary>Wipes the token.</summary>
    public void Dispose() => Token.Dispose();

    /// <summary>Names the resource and the expiry, never the token: objects end up in logs as their text.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "ArcToken.AccessToken({0}, expires {1:yyyy-MM-dd HH:mm:ss}Z)",
        Resource,
        ExpiresOn.UtcDateTime);

    /// <summary>The token as an ordinary string.</summary>
    internal string PlainToken() => Read(PlainText.ToPlainText);

    /// <summary>Az logs in with a token for Azure Resource Manager only.</summary>
    internal void RequireResourceManager(string? cloud)
    {
        if (!Audiences.IsResourceManager(Resource, cloud))
        {
            throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument,
                $"The token is for {Resource}, not for Azure Resource Manager{(cloud is null ? string.Empty : " in " + cloud)}.",
                "Get one with Get-ArcToken"
                    + (cloud is null ? "." : $" -ResourceTypeName {Audiences.ResourceManagerName} -Environment {cloud}."));
        }
    }

    private T Read<T>(Func<SecureString, T> reader)
    {
        try
        {
            return reader(Token);
        }
        catch (ObjectDisposedException)
        {
            throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument, "The token was disposed.", "Get a new one with Get-ArcToken.");
        }
    }
}
