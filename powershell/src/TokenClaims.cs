using System;
using System.Collections.Specialized;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Serialization.Json;
using System.Security;
using System.Xml;
using System.Xml.Linq;

namespace ArcToken;

/// <summary>
/// The claims of a token, unverified. For a token that a credential brings, and for <see cref="AccessToken.Claims"/>:
/// the library itself reports only a few claims, and only of the tokens that it gets.
/// </summary>
internal sealed unsafe class TokenClaims
{
    private readonly XElement claims;

    private TokenClaims(XElement claims) => this.claims = claims;

    internal string? Audience => Text("aud");

    internal string? TenantId => Text("tid");

    internal string? ClientId => Text("appid");

    internal string? ObjectId => Text("oid");

    /// <summary>The time at which the token expires.</summary>
    internal DateTimeOffset? ExpiresOn =>
        long.TryParse(claims.Elements("exp").FirstOrDefault()?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>The Azure resource id of the Azure Arc machine that the token identifies.</summary>
    internal string? MachineResourceId =>
        new[] { Text("xms_az_rid"), Text("xms_mirid") }.FirstOrDefault(id => SubscriptionOfMachine(id) is not null);

    /// <summary>The subscription of that machine.</summary>
    internal string? SubscriptionId => SubscriptionOfMachine(MachineResourceId);

    /// <summary>All claims, in the token's order.</summary>
    internal OrderedDictionary All => (OrderedDictionary)JsonValue.Of(claims)!;

    /// <summary>The claims of a JWT. Null for any other text.</summary>
    internal static TokenClaims? Of(string token)
    {
        fixed (char* text = token)
        {
            return Of(text, token.Length);
        }
    }

    /// <summary>The same for a SecureString. No ordinary string ever holds its token.</summary>
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

    // Only the claims are copied into managed memory, which cannot be wiped reliably. The signature is not, and without it
    // the copy is useless as a token.
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
            // This reader limits depth and size. It is part of .NET and .NET Framework, so the module ships no JSON library.
            using XmlDictionaryReader reader = JsonReaderWriterFactory.CreateJsonReader(json, new XmlDictionaryReaderQuotas());
            var root = XElement.Load(reader);
            return root.Attribute("type")?.Value == "object" ? new TokenClaims(root) : null;
        }
        catch (Exception e) when (e is FormatException or XmlException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    // Returns the length where there is no dot, also for a start beyond the end.
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

    // Expects /subscriptions/ID/resourcegroups/NAME/providers/Microsoft.HybridCompute/machines/NAME, in any letter case.
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
