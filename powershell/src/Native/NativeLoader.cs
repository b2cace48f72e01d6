using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>
/// Loads the native library on first use: the one file that lies beside this assembly, by its full path. No search
/// path, environment variable or current directory can put another in its place. Importing the module does none of
/// this, so that it never fails; a failure here is not remembered, so that the file can be mended and tried again.
/// </summary>
internal static class NativeLoader
{
    private static readonly object gate = new();
    private static bool loaded;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate uint AbiVersionFunction();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate IntPtr VersionFunction();

    /// <summary>Throws <see cref="ArcTokenStatus.NativeLibraryUnavailable"/> when the library cannot be used.</summary>
    internal static void EnsureLoaded()
    {
        lock (gate)
        {
            if (!loaded)
            {
                Load(NativeLibraryFile.Path);
                loaded = true;
            }
        }
    }

    private static void Load(string path)
    {
        if (!File.Exists(path))
        {
            throw Unavailable($"The native library '{path}' does not exist.");
        }

        NativeRuntime runtime = CoreRuntime.Create() as NativeRuntime ?? new FrameworkRuntime();
        IntPtr library;
        uint abi;
        string version;
        try
        {
            library = runtime.Load(path);
            abi = Function<AbiVersionFunction>(runtime, library, "arc_token_abi_version")();
            version = Marshal.PtrToStringAnsi(Function<VersionFunction>(runtime, library, "arc_token_version")()) ?? "?";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            // The last line is the system's own; .NET puts general advice before it.
            string reason = e.Message.TrimEnd().Split('\n').Last().TrimEnd('.');
            throw Unavailable($"The native library '{path}' cannot be loaded ({reason}).");
        }

        if (abi != NativeMethods.AbiVersion || version != ModuleVersion)
        {
            throw Unavailable($"The native library '{path}' is of version {version} (ABI {abi}).");
        }

        runtime.Bind(library);
    }

    private static T Function<T>(NativeRuntime runtime, IntPtr library, string name) =>
        Marshal.GetDelegateForFunctionPointer<T>(runtime.Export(library, name));

    private static string ModuleVersion { get; } =
        typeof(NativeLoader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>().InformationalVersion;

    private static ArcTokenException Unavailable(string problem) => new(
        ArcTokenStatus.NativeLibraryUnavailable,
        $"{problem} The module is of version {ModuleVersion} (ABI {NativeMethods.AbiVersion}), "
            + $"the process is {NativeLibraryFile.Platform}.",
        "Install the ArcToken module again, whole and for this platform, and start a new PowerShell.");
}
