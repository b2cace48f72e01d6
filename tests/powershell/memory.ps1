# Helper for tests: searches the memory of another process for secrets. Linux only.

Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

public static class MemorySearch
{
    const int Page = 4096;
    const int Step = 1 << 20;

    // Counts each needle in all readable memory of a process.
    public static int[] Count(int process, byte[][] needles)
    {
        var counts = new int[needles.Length];
        int longest = 0;
        foreach (var needle in needles) longest = Math.Max(longest, needle.Length);
        var buffer = new byte[Step + longest];
        var entries = new byte[8 * (Step / Page + 2)];
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        using var pages = File.OpenHandle($"/proc/{process}/pagemap");
        foreach (var line in File.ReadAllLines($"/proc/{process}/maps"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var ends = fields[0].Split('-');
            // The kernel's pages for the clock ([vvar], [vdso]) cannot be read from outside.
            if (fields[1][0] != 'r' || fields.Length > 5 && fields[5].StartsWith("[v")) continue;
            long start = long.Parse(ends[0], NumberStyles.HexNumber), end = long.Parse(ends[1], NumberStyles.HexNumber);
            for (long step = start; step < end; step += Step)
            {
                // The buffer is longer than a step, so a copy across the border is found in the step where it begins.
                int length = (int)Math.Min(buffer.Length, end - step);
                if (!InUse(pages, entries, step, length)) continue;
                Read(memory, buffer.AsSpan(0, length), step);
                for (int i = 0; i < needles.Length; i++)
                    counts[i] += Occurrences(buffer.AsSpan(0, length), needles[i]);
            }
        }
        return counts;
    }

    // Whether any page of the range is in memory or swapped out. Other pages hold nothing.
    static bool InUse(Microsoft.Win32.SafeHandles.SafeFileHandle pages, byte[] entries, long start, int length)
    {
        int size = (int)(8 * ((start + length + Page - 1) / Page - start / Page));
        int read = RandomAccess.Read(pages, entries.AsSpan(0, size), start / Page * 8);
        for (int i = 7; i < read; i += 8)
            if ((entries[i] & 0xc0) != 0) return true;
        return false;
    }

    // Reads the range, and leaves zeros for pages that cannot be read any more.
    static void Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> buffer, long start)
    {
        buffer.Clear();
        for (int done = 0; done < buffer.Length;)
        {
            int read = 0;
            try { read = RandomAccess.Read(memory, buffer.Slice(done), start + done); } catch (IOException) { }
            done += read > 0 ? read : Page - (int)((start + done) % Page);
        }
    }

    static int Occurrences(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> needle)
    {
        int count = 0, from = 0;
        for (int at; from < bytes.Length && (at = bytes.Slice(from).IndexOf(needle)) >= 0 && from + at < Step; from += at + 1) count++;
        return count;
    }
}
'@

# Finds copies of the emulator's secrets in a process. Returns texts: "2 of token 1 in UTF-16". Returns nothing if there are none.
function Find-SecretCopy([int]$ProcessId, $Emulator) {
    $issued = Get-Issued $Emulator
    $names = [Collections.Generic.List[string]]::new()
    $needles = [Collections.Generic.List[byte[]]]::new()
    foreach ($kind in 'token', 'key') {
        $number = 0
        foreach ($secret in $issued."${kind}s") {
            $number++
            $end = $secret.Substring([Math]::Max(0, $secret.Length - 64))
            $names.Add("$kind $number in UTF-8")
            $needles.Add([Text.Encoding]::UTF8.GetBytes($end))
            $names.Add("$kind $number in UTF-16")
            $needles.Add([Text.Encoding]::Unicode.GetBytes($end))
        }
    }

    if (-not $names.Count) { throw 'The emulator has issued nothing that could be found.' }
    $counts = [MemorySearch]::Count($ProcessId, $needles)
    0..($names.Count - 1) | Where-Object { $counts[$_] } | ForEach-Object { "$($counts[$_]) of $($names[$_])" }
}

# Starts a PowerShell that runs one line of its input at a time.
function Start-TestShell {
    $command = @(Get-PowerShellCommand) + '-NoProfile', '-NonInteractive', '-Command', @'
$ErrorActionPreference = 'Stop'
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $answer = try { . ([scriptblock]::Create($line)) } catch { "$_" }
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    [GC]::Collect()
    [Console]::Out.WriteLine("> $answer")
}
'@
    $start = [Diagnostics.ProcessStartInfo]::new($command[0])
    $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    [Diagnostics.Process]::Start($start)
}

# Runs a line in that PowerShell, and returns its output as text. The garbage is collected before it returns.
function Invoke-TestShell($Process, [string]$Line) {
    $Process.StandardInput.WriteLine(($Line -replace '\r?\n', ' '))
    do {
        $answer = $Process.StandardOutput.ReadLine()
        if ($null -eq $answer) { throw "The PowerShell ended at: $Line" }
    } until ($answer.StartsWith('> '))
    $answer.Substring(2)
}
