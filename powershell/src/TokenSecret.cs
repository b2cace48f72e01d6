using System.Security;

namespace ArcToken;

/// <summary>
/// The token inside an <see cref="AccessToken"/>. It has no members to show or to serialise, and converts to the SecureString, so that it
/// can be given to any parameter that takes one. Where the module's <see cref="TokenTypeData"/> is in effect, scripts get the SecureString
/// itself in its place; where it is not, as in the runspace of a thread job, this keeps the token out of files and still of use.
/// </summary>
public sealed class TokenSecret
{
    private readonly SecureString secret;

    internal TokenSecret(SecureString secret) => this.secret = secret;

    /// <summary>The token itself, not a copy.</summary>
    public static implicit operator SecureString?(TokenSecret? token) => token?.secret;
}
