using System.IO;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>The path of the native library for this process: <c>PLATFORM/arc_token.EXTENSION</c> beside this assembly.</summary>
internal static class NativeLibraryFile
{
    /// <summary>The platform of the process, by .NET's name: <c>linux-x64</c>, <c>win-arm64</c>, …</summary>
    internal static string Platform =>
        OperatingSystem + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <exception cref="ArcTokenException">The assembly has no path: something loaded it from memory.</exception>
    internal static string Path => System.IO.Path.Combine(ModuleFolder, Platform, NativeMethods.Library + Extension);

    // Without a folder of its own, the path would be relative: a file below the current directory.
    private static string ModuleFolder =>
        typeof(NativeLibraryFile).Assembly.Location is { Length: > 0 } file && System.IO.Path.IsPathRooted(file)
            ? System.IO.Path.GetDirectoryName(file)
            : throw new ArcTokenException(
                ArcTokenStatus.NativeLibraryUnavailable,
                "ArcToken.dll was loaded from memory and not from a file, so there is no folder in which its native library could be.",
                "Have the module's folder on this machine, whole, and import it from there: Import-Module with the path of its ArcToken.psd1.");

    private static string OperatingSystem =>
        IsWindows ? "win" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "linux";

    private static string Extension =>
        IsWindows ? ".dll" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ".dylib" : ".so";

    internal static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
}
