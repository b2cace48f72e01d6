using System.Management.Automation;
using System.Security;

namespace ArcToken;

/// <summary>
/// What <c>Get-ArcToken -AsSecureString</c> writes: a SecureString with a property <c>Token</c>. <c>Get-AzAccessToken -AsSecureString</c>
/// gives an object with that property, and scripts written for it read it.
/// </summary>
public static class SecretWithToken
{
    /// <summary>
    /// The property: a copy. A property that gave the SecureString itself would be an object without an end, on which
    /// <c>ConvertTo-Json</c> ends the process.
    /// </summary>
    public static SecureString? Token(PSObject instance) => (instance.BaseObject as SecureString)?.Copy();

    internal static PSObject Of(SecureString secret)
    {
        var output = new PSObject(secret);
        output.Properties.Add(new PSCodeProperty("Token", typeof(SecretWithToken).GetMethod(nameof(Token))));
        return output;
    }
}
