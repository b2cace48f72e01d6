using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using ArcToken.Az;

namespace ArcToken;

/// <summary>
/// What PowerShell knows of <see cref="AccessToken"/> and of Az's contexts in a runspace that has the module: its <c>Token</c> is a SecureString, and
/// serialisation leaves it out. The token is safe without this, see <see cref="TokenSecret"/>.
/// </summary>
/// <remarks>
/// Set here and not by a file of the manifest's: PowerShell refuses such a file when another copy of the module has brought the same.
/// </remarks>
public static class TokenTypeData
{
    private static readonly string[] serialised =
    {
        nameof(AccessToken.ExpiresOn), nameof(AccessToken.TenantId), nameof(AccessToken.UserId), nameof(AccessToken.Type),
        nameof(AccessToken.Resource), nameof(AccessToken.ClientId), nameof(AccessToken.ObjectId),
        nameof(AccessToken.MachineResourceId), nameof(AccessToken.SubscriptionId),
    };

    /// <summary>The property <c>Token</c>: the token itself, not a copy.</summary>
    public static SecureString? Token(PSObject instance) => (instance.BaseObject as AccessToken)?.Token;

    /// <summary>All of it, made anew: a session may change what it is given.</summary>
    internal static TypeData[] All()
    {
        var data = new TypeData(typeof(AccessToken).FullName)
        {
            SerializationMethod = "SpecificProperties",
            PropertySerializationSet = new PropertySetData(serialised),
        };
        data.Members.Add("Token", new CodePropertyData("Token", typeof(TokenTypeData).GetMethod(nameof(Token)), null));
        // Az itself does not tell until when a login with a token holds.
        var context = new TypeData("Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext");
        context.Members.Add(
            LoginExpiry.PropertyName,
            new CodePropertyData(LoginExpiry.PropertyName, typeof(LoginExpiry).GetMethod(nameof(LoginExpiry.OfContext)), null));
        return new[] { data, context };
    }
}
