using System;
using System.IO;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Xml;
using System.Xml.Linq;

namespace ArcToken;

/// <summary>
/// What a token that did not come straight from the library says of itself: for convenience, unverified. The library
/// reads the same claims of the tokens that it gets.
/// </summary>
internal sealed class TokenClaims
{
    private readonly XElement claims;

    private TokenClaims(XElement claims) => this.claims = claims;

    internal string? Audience => Text("aud");

    internal string? TenantId => Text("tid");

    /// <summary>The subscription of the Azure Arc machine that the token is of.</summary>
    internal string? SubscriptionId =>
        new[] { Text("xms_az_rid"), Text("xms_mirid") }.Select(SubscriptionOfMachine).FirstOrDefault(id => id is not null);

    /// <summary>The claims of a JWT, or null for what is none.</summary>
    internal static TokenClaims? Of(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            string payload = parts[1].Replace('-', '+').Replace('_', '/');
            byte[] json = Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='));
            // Bounded in depth and size, and part of .NET and .NET Framework: no library to ship.
            using XmlDictionaryReader reader = JsonReaderWriterFactory.CreateJsonReader(json, new XmlDictionaryReaderQuotas());
            var root = XElement.Load(reader);
            return root.Attribute("type")?.Value == "object" ? new TokenClaims(root) : null;
        }
        catch (Exception e) when (e is FormatException or XmlException or IOException)
        {
            return null;
        }
    }

    private string? Text(string name) =>
        claims.Elements(name).FirstOrDefault(claim => claim.Attribute("type")?.Value == "string")?.Value is { Length: > 0 } text
            && !text.Any(char.IsControl)
            ? text
            : null;

    // /subscriptions/ID/resourcegroups/NAME/providers/Microsoft.HybridCompute/machines/NAME, in any letter case.
    private static string? SubscriptionOfMachine(string? resourceId)
    {
        string[] parts = resourceId?.Split('/') ?? Array.Empty<string>();
        return parts.Length > 2
            && parts[0].Length == 0
            && parts[1].Equals("subscriptions", StringComparison.OrdinalIgnoreCase)
            && parts[2].Length > 0
            && resourceId!.IndexOf("/providers/Microsoft.HybridCompute/machines/", StringComparison.OrdinalIgnoreCase) >= 0
            ? parts[2]
            : null;
    }
}
