using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Security;

namespace ArcToken;

/// <summary>
/// An access token for one resource, with the properties of <c>Get-AzAccessToken</c>'s output and the claims that the token
/// makes. The claims are there for convenience; nobody has verified them.
/// </summary>
public sealed class AccessToken : IDisposable
{
    /// <summary>The account id that Az itself uses for a machine's own identity.</summary>
    internal const string MachineAccount = "MSI@50342";

    private IDictionary? claims;

    /// <summary>
    /// A token object of a JWT's text, for tests of scripts: its claims give the properties. Nothing is verified. The text stays in
    /// memory as any string does.
    /// </summary>
    /// <exception cref="ArcTokenException">The text is no JWT with the claims aud and exp. The message does not show it.</exception>
    public AccessToken(string jwt)
    {
        TokenClaims read = TokenClaims.Of(jwt) ?? throw NotJwt();
        Resource = read.Audience ?? throw NotJwt();
        ExpiresOn = read.ExpiresOn ?? throw NotJwt();
        TenantId = read.TenantId;
        ClientId = read.ClientId;
        ObjectId = read.ObjectId;
        MachineResourceId = read.MachineResourceId;
        SubscriptionId = read.SubscriptionId;
        Token = new TokenSecret(jwt.ToSecureString());
    }

    internal AccessToken(SecureString token, DateTimeOffset expiresOn, string resource)
    {
        Token = new TokenSecret(token);
        ExpiresOn = expiresOn;
        Resource = resource;
    }

    /// <summary>The token. This object owns it and disposes it.</summary>
    public TokenSecret Token { get; }

    /// <summary>The time at which the token expires.</summary>
    public DateTimeOffset ExpiresOn { get; }

    /// <summary>The tenant of the identity.</summary>
    public string? TenantId { get; internal set; }

    /// <summary>The account id for <c>Connect-AzAccount</c>: the identity's client id.</summary>
    public string UserId => ClientId ?? MachineAccount;

    /// <summary>The type of the token: always <c>Bearer</c>.</summary>
    public string Type => "Bearer";

    /// <summary>The resource that the token is for.</summary>
    public string Resource { get; }

    /// <summary>The identity's application (client) id.</summary>
    public string? ClientId { get; internal set; }

    /// <summary>The identity's object (principal) id.</summary>
    public string? ObjectId { get; internal set; }

    /// <summary>The Azure resource id of this machine.</summary>
    public string? MachineResourceId { get; internal set; }

    /// <summary>The subscription that this machine is in.</summary>
    public string? SubscriptionId { get; internal set; }

    /// <summary>The time until the token expires. Zero for an expired token.</summary>
    public TimeSpan ExpiresIn => IsExpired ? TimeSpan.Zero : ExpiresOn - DateTimeOffset.UtcNow;

    /// <summary>Whether the token has expired.</summary>
    public bool IsExpired => ExpiresOn <= DateTimeOffset.UtcNow;

    /// <summary>All claims in the token's own order: unverified, read only, and empty for a token that is not a JWT.</summary>
    /// <exception cref="ArcTokenException">The token is disposed.</exception>
    public IDictionary Claims => claims ??= (Read(TokenClaims.Of)?.All ?? new OrderedDictionary()).AsReadOnly();

    /// <summary>
    /// The token itself, not a copy. With it the object can be given to any parameter that takes a SecureString.
    /// </summary>
    public static implicit operator SecureString?(AccessToken? token) => token?.Token;

    /// <summary>
    /// Parameters for <c>Connect-AzAccount @p</c>, with the token as an ordinary string. They include
    /// <c>-Scope Process</c>, because without it Az writes the token to disk.
    /// </summary>
    /// <exception cref="ArcTokenException">The token is not for Azure Resource Manager.</exception>
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
    public void Dispose() => Secret.Dispose();

    /// <summary>The resource and the expiry, never the token: this text may be logged.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "ArcToken.AccessToken({0}, expires {1:yyyy-MM-dd HH:mm:ss}Z)",
        Resource,
        ExpiresOn.UtcDateTime);

    /// <summary>The token itself, not a copy.</summary>
    internal SecureString Secret => ((SecureString?)Token)!;

    /// <summary>The token as an ordinary string.</summary>
    internal string PlainToken() => Read(PlainText.ToPlainText);

    /// <summary>Throws when the token is not for Azure Resource Manager: Az logs in with no other.</summary>
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

    private static ArcTokenException NotJwt() => new(
        ArcTokenStatus.InvalidArgument,
        "The text is no JWT with the claims aud and exp. It is not shown, because it may be a secret.",
        "about_ArcToken_Testing makes one.");

    private T Read<T>(Func<SecureString, T> reader)
    {
        try
        {
            return reader(Secret);
        }
        catch (ObjectDisposedException)
        {
            throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument, "The token was disposed.", "Get a new one with Get-ArcToken.");
        }
    }
}
