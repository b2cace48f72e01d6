using System;
using System.Collections;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>A login by token: the values for <c>Connect-AzAccount -AccessToken</c>.</summary>
internal sealed class AzLogin
{
    private readonly string token;
    private readonly string account;
    private readonly string? tenant;
    private readonly string? subscription;
    private readonly DateTimeOffset? expiresOn;

    /// <summary>The audience of the token. Null where it is not known.</summary>
    internal string? Audience { get; set; }

    internal AzLogin(string token, string account, string? tenant, string? subscription, DateTimeOffset? expiresOn)
    {
        this.expiresOn = expiresOn;
        this.token = token;
        this.account = account;
        this.tenant = tenant;
        this.subscription = subscription;
    }

    /// <summary>The login under -WhatIf. Az requires a value there, but no token is requested.</summary>
    internal static AzLogin ForWhatIf { get; } =
        new("(no token is asked for under -WhatIf)", AccessToken.MachineAccount, null, null, null);

    /// <summary>The login with a credential that <c>Get-ArcToken -AsCredential</c> made.</summary>
    /// <exception cref="ArcTokenException">The credential holds no token, or one for another service.</exception>
    internal static AzLogin Of(PSCredential credential, string? cloud)
    {
        string token;
        try
        {
            token = credential.Password.ToPlainText();
        }
        catch (ObjectDisposedException)
        {
            token = string.Empty;
        }

        // A real password must not go to Azure as a token.
        TokenClaims claims = TokenClaims.Of(token) ?? throw Invalid("The credential's password is no access token.");
        if (claims.Audience is { } audience && !Audiences.IsResourceManager(audience, cloud))
        {
            throw Invalid(
                $"The credential's token is for {audience}, not for Azure Resource Manager{(cloud is null ? string.Empty : " in " + cloud)}.");
        }

        return new AzLogin(token, credential.UserName, claims.TenantId, claims.SubscriptionId, claims.ExpiresOn) { Audience = claims.Audience };
    }

    /// <summary>Adds the token and its account, and the other values that the caller has not set.</summary>
    internal void AddTo(Hashtable parameters, bool skipValidation)
    {
        parameters["AccessToken"] = token;
        parameters["AccountId"] = account;
        AddUnlessGiven(parameters, "Scope", "Process");
        AddUnlessGiven(parameters, "Tenant", tenant);
        AddUnlessGiven(parameters, "Environment", CloudOfToken());
        if (skipValidation)
        {
            parameters["SkipValidation"] = true;
            AddUnlessGiven(parameters, "Subscription", subscription);
        }
    }

    /// <summary>Warns about a tenant in the parameters that is not the token's. A tenant's domain cannot be compared.</summary>
    internal void CompareTenant(PSCmdlet command, Hashtable parameters)
    {
        if (Guid.TryParse(parameters["Tenant"]?.ToString(), out Guid given) && Guid.TryParse(tenant, out Guid own) && given != own)
        {
            command.WriteWarning(
                $"The token is of tenant {own}, and the login is for -Tenant {given}. Azure takes the token in its own tenant only: "
                    + "leave out -Tenant, or log in there by token exchange (about_ArcToken).");
        }
    }

    /// <summary>Says until when the login holds, which has succeeded with these parameters.</summary>
    internal void Announce(PSCmdlet command, Hashtable parameters)
    {
        if (expiresOn is { } end)
        {
            LoginExpiry.Announce(command, account, parameters["Tenant"]?.ToString(), end);
        }
    }

    // On a machine of another cloud, the token is that cloud's, and Az logs in to the public one unless it is told.
    private string? CloudOfToken() =>
        Audience is null || Audiences.CloudOfResourceManager(Audience) is not { } cloud || cloud == Audiences.Clouds[0] ? null : cloud;

    private static void AddUnlessGiven(Hashtable parameters, string name, string? value)
    {
        if (value is not null && !parameters.ContainsKey(name))
        {
            parameters[name] = value;
        }
    }

    private static ArcTokenException Invalid(string problem) => new(
        ArcTokenStatus.InvalidArgument, problem, "Make the credential with Get-ArcToken -AsCredential.");
}
