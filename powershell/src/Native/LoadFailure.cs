using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace ArcToken.Native;

/// <summary>What to do when the system's loader refuses the native library. The words are those of the loaders of glibc and musl.</summary>
internal static class LoadFailure
{
    private const string BuildHere = "The module of a release needs glibc 2.28 or later (RHEL 8, Debian 10, Ubuntu 20.04). For this system build the module "
        + "on such a system: './build.sh module' in its sources.";

    private const string Musl = "This system's C library is musl (Alpine Linux), and the library was built for glibc. " + BuildHere;

    // The first line of which all parts are in the message counts.
    private static readonly (string[] Parts, string Advice)[] causes =
    {
        (new[] { "version `GLIBC_", "not found" },
            "This system's C library is older than glibc {0}, which the library needs. " + BuildHere),
        (new[] { "Error relocating " }, Musl),
        (new[] { "Error loading shared library " }, Musl),
        (new[] { "cannot restore segment prot after reloc" },
            "SELinux does not allow this process to change the library in memory (execmod). 'ausearch -m avc -ts recent' shows the refusal; "
                + "'restorecon -v' on the file gives it the label of a library, if it lies where libraries may lie."),
        (new[] { "failed to map segment from shared object", "Permission denied" },
            "SELinux, or another policy of this system, does not allow this process to run code of the file. 'ausearch -m avc -ts recent' shows the "
                + "refusal. Install the module for all users (Install-PSResource ArcToken -Scope AllUsers), or give the file the label of a library: lib_t."),
        (new[] { "failed to map segment from shared object" },
            "The file system that the module lies on is mounted without the right to run programs (noexec). Install the module on another "
                + "one, for all users for example (Install-PSResource ArcToken -Scope AllUsers), or have that one mounted with 'exec'."),
        (new[] { "cannot open shared object file", "Operation not permitted" },
            "A policy of this system (fapolicyd, for example) does not let this file be opened. Have it allowed: "
                + "'fapolicyd-cli --file add' with the file's path, then 'fapolicyd-cli --update'."),
        (new[] { "cannot open shared object file", "Permission denied" },
            "This user may not read the library. The module's folder and its files need the right to be read by all who use it."),
        (new[] { "cannot open shared object file", "No such file or directory" },
            "Another library that it needs is missing on this system. The message names it; install the package that brings it."),
    };

    /// <summary>The advice where this process is a 32-bit one of a 64-bit Windows, for which there is no library. Null elsewhere.</summary>
    internal static string? AdviceFor32Bit() => Environment.Is64BitProcess || !Environment.Is64BitOperatingSystem
        ? null
        : AdviceFor32Bit(CoreRuntime.Create() is null, Environment.GetEnvironmentVariable("windir"), Environment.GetEnvironmentVariable("ProgramW6432"));

    /// <summary>The same for Windows PowerShell or PowerShell 7, with Windows' folder, and with that of 64-bit programs.</summary>
    internal static string AdviceFor32Bit(bool windowsPowerShell, string? windows, string? programs) =>
        "This is a 32-bit PowerShell, and the module is for 64-bit ones. Start the 64-bit one: "
            + (windowsPowerShell ? $@"'{windows}\Sysnative\WindowsPowerShell\v1.0\powershell.exe'." : $@"'{programs}\PowerShell\7\pwsh.exe'.");

    /// <summary>The advice for a loader's message. Null if the cause is not known from it.</summary>
    internal static string? Advice(string message) => causes
        .FirstOrDefault(cause => cause.Parts.All(part => message.IndexOf(part, StringComparison.Ordinal) >= 0))
        .Advice?.Replace("{0}", Regex.Match(message, @"GLIBC_([0-9.]+)").Groups[1].Value);
}
