using System;
using System.Runtime.InteropServices;
using System.Security;

namespace ArcToken;

/// <summary>For consumers that take a token only as an ordinary string, which stays in memory until it is collected.</summary>
internal static class PlainText
{
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
