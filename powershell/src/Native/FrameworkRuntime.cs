using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>
/// Windows PowerShell. A P/Invoke finds a library that is already loaded under the same file name before it looks at
/// any directory, so it is enough to load ours first, and to make sure that it is the first.
/// </summary>
internal sealed class FrameworkRuntime : NativeRuntime
{
    // Dependencies come from the library's own directory and System32 only.
    private const uint SearchDllLoadDirAndSystem32 = 0x100 | 0x800;

    internal override IntPtr Load(string path)
    {
        IntPtr library = LoadLibraryExW(path, IntPtr.Zero, SearchDllLoadDirAndSystem32);
        return library != IntPtr.Zero ? library : throw new DllNotFoundException(LastError());
    }

    internal override IntPtr Export(IntPtr library, string name)
    {
        IntPtr function = GetProcAddress(library, name);
        return function != IntPtr.Zero ? function : throw new EntryPointNotFoundException(LastError());
    }

    internal override void Bind(IntPtr library)
    {
        if (GetModuleHandleW(NativeMethods.Library + ".dll") != library)
        {
            throw new ArcTokenException(
                ArcTokenStatus.NativeLibraryUnavailable,
                $"This process has already loaded another {NativeMethods.Library}.dll than '{NativeLibraryFile.Path}'.",
                "Start a new PowerShell and use ArcToken before whatever loaded the other one.");
        }
    }

    private static string LastError() => new Win32Exception(Marshal.GetLastWin32Error()).Message;

    [DllImport("kernel32", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr LoadLibraryExW(string path, IntPtr reserved, uint flags);

    [DllImport("kernel32", ExactSpelling = true, CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr GetModuleHandleW(string name);

    [DllImport("kernel32", ExactSpelling = true, CharSet = CharSet.Ansi, BestFitMapping = false, SetLastError = true)]
    private static extern IntPtr GetProcAddress(IntPtr library, string name);
}
