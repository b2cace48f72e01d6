using System;
using System.Runtime.InteropServices;
using System.Security;

namespace ArcToken;

/// <summary>
/// Turns a SecureString into an ordinary string, for consumers that take nothing else, and back for tests. That string stays in memory
/// until the garbage collector removes it.
/// </summary>
internal static class PlainText
{
    internal static SecureString ToSecureString(this string text)
    {
        var secret = new SecureString();
        foreach (char c in text)
        {
            secret.AppendChar(c);
        }

        secret.MakeReadOnly();
        return secret;
    }

    internal static string ToPlainText(this SecureString secret)
    {
        IntPtr text = Marshal.SecureStringToBSTR(secret);
        try
        {
            return Marshal.PtrToStringBSTR(text);
        }
        finally
        {
            Marshal.ZeroFreeBSTR(text);
        }
    }
}
