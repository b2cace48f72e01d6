using System;
using System.Collections;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>What <c>Connect-AzAccount -AccessToken</c> is to be given.</summary>
internal sealed class AzLogin
{
    private readonly string token;
    private readonly string account;
    private readonly string? tenant;
    private readonly string? subscription;

    internal AzLogin(string token, string account, string? tenant, string? subscription)
    {
        this.token = token;
        this.account = account;
        this.tenant = tenant;
        this.subscription = subscription;
    }

    /// <summary>For -WhatIf: Az wants a value, and no token is asked for.</summary>
    internal static AzLogin OfNobody { get; } =
        new("(no token is asked for under -WhatIf)", AccessToken.MachineAccount, null, null);

    /// <summary>The token that <c>Get-ArcToken -AsCredential</c> put into a credential.</summary>
    /// <exception cref="ArcTokenException">It is none, or for another service.</exception>
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

        // A password must not go to Azure as if it were a token.
        TokenClaims claims = TokenClaims.Of(token) ?? throw Invalid("The credential's password is no access token.");
        if (claims.Audience is { } audience && !Audiences.IsResourceManager(audience, cloud))
        {
            throw Invalid(
                $"The credential's token is for {audience}, not for Azure Resource Manager{(cloud is null ? string.Empty : " in " + cloud)}.");
        }

        return new AzLogin(token, credential.UserName, claims.TenantId, claims.SubscriptionId);
    }

    /// <summary>Adds what the caller has not given.</summary>
    internal void AddTo(Hashtable parameters, bool skipValidation)
    {
        parameters["AccessToken"] = token;
        parameters["AccountId"] = account;
        AddUnlessGiven(parameters, "Scope", "Process");
        AddUnlessGiven(parameters, "Tenant", tenant);
        if (skipValidation)
        {
            parameters["SkipValidation"] = true;
            AddUnlessGiven(parameters, "Subscription", subscription);
        }
    }

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
