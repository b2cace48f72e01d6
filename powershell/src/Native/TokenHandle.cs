using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;

namespace ArcToken.Native;

/// <summary>A token with its properties: the library's <c>arc_token_result</c>. Disposing it wipes its memory.</summary>
internal sealed unsafe class TokenHandle : AnswerHandle
{
    // The longest text of a SecureString, in both editions of PowerShell.
    private const int SecureStringCapacity = 65536;

    internal TokenHandle(IntPtr owned)
        : base(owned)
    {
    }

    internal string? TenantId => Text(AnswerField.TenantId);

    internal AccessToken ToAccessToken() =>
        new(
            SecureToken(),
            DateTimeOffset.FromUnixTimeSeconds(NativeMethods.arc_token_result_expires_on(Pointer)),
            Text(AnswerField.Resource) ?? string.Empty)
        {
            TenantId = TenantId,
            ClientId = Text(AnswerField.ClientId),
            ObjectId = Text(AnswerField.ObjectId),
            MachineResourceId = Text(AnswerField.MachineResourceId),
            SubscriptionId = Text(AnswerField.SubscriptionId),
        };

    /// <summary>The token as an ordinary string. It stays in memory until the garbage collector removes it.</summary>
    internal string PlainToken()
    {
        UIntPtr length;
        byte* token = NativeMethods.arc_token_result_token(Pointer, &length);
        string text = Encoding.ASCII.GetString(token, checked((int)length));
        GC.KeepAlive(this);
        return text;
    }

    protected override byte* Read(AnswerField field, UIntPtr* length) =>
        NativeMethods.arc_token_result_text(Pointer, field, length);

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_result_free(handle);
        return true;
    }

    // The token goes through native memory only. A managed string could not be wiped.
    private SecureString SecureToken()
    {
        UIntPtr size;
        byte* token = NativeMethods.arc_token_result_token(Pointer, &size);
        int length = checked((int)size);
        if (length > SecureStringCapacity)
        {
            throw new ArcTokenException(
                ArcTokenStatus.BadResponse,
                $"The token has {length} characters, more than a SecureString holds.",
                "Ask for it with -AsPlainText.");
        }

        // Wiping goes up to the first NUL, so the NULs are there before anything can fail.
        char* wide = (char*)Marshal.AllocHGlobal((length + 1) * sizeof(char));
        wide[0] = wide[length] = '\0';
        try
        {
            // The library guarantees printable ASCII, so each byte is one character.
            Encoding.ASCII.GetChars(token, length, wide, length);
            var secure = new SecureString(wide, length);
            secure.MakeReadOnly();
            return secure;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode((IntPtr)wide);
            GC.KeepAlive(this);
        }
    }
}
