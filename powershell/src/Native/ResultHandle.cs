using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;

namespace ArcToken.Native;

/// <summary>A token and what belongs to it. Its memory is wiped when it is disposed.</summary>
internal sealed unsafe class ResultHandle : AnswerHandle
{
    // What a SecureString holds at most, in both editions of PowerShell.
    private const int SecureStringCapacity = 65536;

    internal AccessToken ToAccessToken() =>
        new(
            SecureToken(),
            DateTimeOffset.FromUnixTimeSeconds(NativeMethods.arc_token_result_expires_on(this)),
            Text(TokenField.Resource) ?? string.Empty)
        {
            TenantId = Text(TokenField.TenantId),
            ClientId = Text(TokenField.ClientId),
            ObjectId = Text(TokenField.ObjectId),
            MachineResourceId = Text(TokenField.MachineResourceId),
            SubscriptionId = Text(TokenField.SubscriptionId),
        };

    /// <summary>The token as an ordinary string, which stays in memory until it is collected.</summary>
    internal string PlainToken()
    {
        byte* token = NativeMethods.arc_token_result_token(this, out UIntPtr length);
        return Encoding.ASCII.GetString(token, checked((int)length));
    }

    protected override byte* Read(TokenField field, out UIntPtr length) =>
        NativeMethods.arc_token_result_text(this, field, out length);

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_result_free(handle);
        return true;
    }

    // From native memory through native memory: no managed string, which nobody could wipe, ever holds the token.
    private SecureString SecureToken()
    {
        byte* token = NativeMethods.arc_token_result_token(this, out UIntPtr size);
        int length = checked((int)size);
        if (length > SecureStringCapacity)
        {
            throw new ArcTokenException(
                ArcTokenStatus.BadResponse,
                $"The token has {length} characters, more than a SecureString holds.",
                "Ask for it with -AsPlainText.");
        }

        // Ended with a NUL before anything else happens, since that is how far it is wiped.
        char* wide = (char*)Marshal.AllocHGlobal((length + 1) * sizeof(char));
        wide[0] = wide[length] = '\0';
        try
        {
            // The library vouches for printable ASCII, so that a byte is a character.
            Encoding.ASCII.GetChars(token, length, wide, length);
            var secure = new SecureString(wide, length);
            secure.MakeReadOnly();
            return secure;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode((IntPtr)wide);
        }
    }
}
