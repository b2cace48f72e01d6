using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>
/// Loading in Windows PowerShell. A P/Invoke prefers a loaded library with the same file name to any file on disk. So it is
/// enough to load the right file, and to check that no other one was loaded before.
/// </summary>
internal sealed class FrameworkRuntime : NativeRuntime
{
    // Windows looks for dependencies only in the library's own directory and in System32.
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
