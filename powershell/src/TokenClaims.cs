using System;
using System.Collections.Specialized;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Serialization.Json;
using System.Security;
using System.Xml;
using System.Xml.Linq;

namespace ArcToken;

/// <summary>
/// What a token that did not come straight from the library says of itself: for convenience, unverified. The library
/// reads the same claims of the tokens that it gets.
/// </summary>
internal sealed unsafe class TokenClaims
{
    private readonly XElement claims;

    private TokenClaims(XElement claims) => this.claims = claims;

    internal string? Audience => Text("aud");

    internal string? TenantId => Text("tid");

    /// <summary>The subscription of the Azure Arc machine that the token is of.</summary>
    internal string? SubscriptionId =>
        new[] { Text("xms_az_rid"), Text("xms_mirid") }.Select(SubscriptionOfMachine).FirstOrDefault(id => id is not null);

    /// <summary>All of them, in the token's order.</summary>
    internal OrderedDictionary All => (OrderedDictionary)JsonValue.Of(claims)!;

    /// <summary>The claims of a JWT, or null for what is none.</summary>
    internal static TokenClaims? Of(string token)
    {
        fixed (char* text = token)
        {
            return Of(text, token.Length);
        }
    }

    /// <summary>The same of a token that no ordinary string ever holds.</summary>
    internal static TokenClaims? Of(SecureString token)
    {
        IntPtr text = Marshal.SecureStringToGlobalAllocUnicode(token);
        try
        {
            return Of((char*)text, token.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(text);
        }
    }

    // Copies only the claims to where the collector may move them: the signature, without which a token is none, stays.
    private static TokenClaims? Of(char* token, int length)
    {
        int first = IndexOfDot(token, 0, length);
        int second = IndexOfDot(token, first + 1, length);
        if (second == length || IndexOfDot(token, second + 1, length) != length)
        {
            return null;
        }

        char[] payload = new char[(second - first - 1 + 3) / 4 * 4];
        for (int i = 0; i < payload.Length; i++)
        {
            char c = first + 1 + i < second ? token[first + 1 + i] : '=';
            payload[i] = c == '-' ? '+' : c == '_' ? '/' : c;
        }

        try
        {
            byte[] json = Convert.FromBase64CharArray(payload, 0, payload.Length);
            // Bounded in depth and size, and part of .NET and .NET Framework: no library to ship.
            using XmlDictionaryReader reader = JsonReaderWriterFactory.CreateJsonReader(json, new XmlDictionaryReaderQuotas());
            var root = XElement.Load(reader);
            return root.Attribute("type")?.Value == "object" ? new TokenClaims(root) : null;
        }
        catch (Exception e) when (e is FormatException or XmlException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    // The length where there is none, also for a start beyond it.
    private static int IndexOfDot(char* token, int start, int length)
    {
        int index = start;
        while (index < length && token[index] != '.')
        {
            index++;
        }

        return Math.Min(index, length);
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
