using System.IO;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>Where the native library for this process lies: <c>rid/arc_token.ext</c> beside this assembly.</summary>
internal static class NativeLibraryFile
{
    /// <summary>The process's platform, as .NET names it: <c>linux-x64</c>, <c>win-arm64</c>, …</summary>
    internal static string Platform =>
        OperatingSystem + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    internal static string Path => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(typeof(NativeLibraryFile).Assembly.Location) ?? string.Empty,
        Platform,
        NativeMethods.Library + Extension);

    private static string OperatingSystem =>
        IsWindows ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";

    private static string Extension =>
        IsWindows ? ".dll" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ".dylib" : ".so";

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
}
