using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>
/// Binds the native library, once a process: the one file beside this assembly, by its full path. No search path, environment
/// variable or current directory can replace it. Importing the module does not need it, so an import never fails. A failure
/// is not remembered, so the next call tries again.
/// </summary>
internal static unsafe class NativeLoader
{
    // The usual reason is half of an update or of an uninstall, or one while PowerShell imported the module.
    private const string ReplacedModule = "If the ArcToken module was updated or removed since this session began, start a new PowerShell. "
        + "Otherwise install the module again, whole and for this platform, and start a new PowerShell.";

    private static readonly object gate = new();
    private static bool loaded;

    /// <summary>Loads the library if this has not happened yet.</summary>
    /// <exception cref="ArcTokenException">The library cannot be used.</exception>
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
            throw Unavailable($"The native library '{path}' does not exist.", LoadFailure.AdviceFor32Bit() ?? ReplacedModule);
        }

        NativeRuntime runtime = CoreRuntime.Create() as NativeRuntime ?? new FrameworkRuntime();
        IntPtr library;
        uint abi;
        string version;
        try
        {
            library = runtime.Load(path);
            abi = ((delegate* unmanaged[Cdecl]<uint>)runtime.Export(library, "arc_token_abi_version"))();
            version = Marshal.PtrToStringAnsi(((delegate* unmanaged[Cdecl]<IntPtr>)runtime.Export(library, "arc_token_version"))()) ?? "?";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            // The last line is the message of the system. .NET puts general advice before it.
            string reason = e.Message.TrimEnd().Split('\n').Last().TrimEnd('.');
            throw Unavailable($"The native library '{path}' cannot be loaded ({reason}).", LoadFailure.Advice(e.Message));
        }

        if (abi != NativeMethods.AbiVersion || version != ModuleVersion)
        {
            throw Unavailable($"The native library '{path}' is of version {version} (ABI {abi}).", ReplacedModule);
        }

        runtime.Bind(library);
    }

    private static string ModuleVersion { get; } =
        typeof(NativeLoader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>().InformationalVersion;

    private static ArcTokenException Unavailable(string problem, string? advice) => new(
        ArcTokenStatus.NativeLibraryUnavailable,
        $"{problem} The module is of version {ModuleVersion} (ABI {NativeMethods.AbiVersion}), "
            + $"the process is {NativeLibraryFile.Platform}.",
        advice ?? "Install the ArcToken module again, whole and for this platform, and start a new PowerShell.");
}
