using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// Until when the logins of this process hold that were made with a token: Az does not know it, and renews none of them. The property
/// <c>ArcTokenExpiresOn</c> of Az's contexts reads it.
/// </summary>
public static class LoginExpiry
{
    internal const string PropertyName = "ArcTokenExpiresOn";

    // A login that ends sooner is worth a warning.
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);

    // Az makes new context objects all the time. The account's id and the tenant stay.
    private static readonly ConcurrentDictionary<(string Account, string? Tenant), DateTimeOffset> expiries = new();

    /// <summary>The getter of <c>ArcTokenExpiresOn</c>. Null for a context that is not of such a login.</summary>
    public static object? OfContext(PSObject context)
    {
        if (context is null || Text(context, "Account", "Type") != "AccessToken" || Text(context, "Account", "Id") is not { } account)
        {
            return null;
        }

        return expiries.TryGetValue(Key(account, Text(context, "Tenant", "Id")), out DateTimeOffset expiry) ? expiry : null;
    }

    /// <summary>Remembers a login, and says until when it holds.</summary>
    internal static void Announce(PSCmdlet command, string account, string? tenant, DateTimeOffset expiresOn)
    {
        expiries[Key(account, tenant)] = expiresOn;
        string until = expiresOn.ToLocalTime().ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
        string text = $"This login holds until {until}. Az does not renew it: run Connect-ArcAzAccount again before that.";
        if (expiresOn < DateTimeOffset.UtcNow + Short)
        {
            command.WriteWarning(text);
        }
        else
        {
            command.WriteInformation(text, new[] { "ArcToken" });
        }
    }

    private static (string, string?) Key(string account, string? tenant) => (account.ToUpperInvariant(), tenant?.ToUpperInvariant());

    private static string? Text(PSObject context, string part, string name) =>
        context.Properties[part]?.Value is { } inner ? PSObject.AsPSObject(inner).Properties[name]?.Value?.ToString() : null;
}
