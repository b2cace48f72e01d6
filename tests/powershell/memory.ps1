# How tests look for secrets in another process's memory, as whoever could read that would. Linux only.

Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

public static class MemorySearch
{
    const int Page = 4096;
    const int Step = 1 << 20;

    // How often each needle is in the memory of a process, all of it that can be read.
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
            // The kernel's own pages for the clock cannot be read from outside, and hold nothing of ours.
            if (fields[1][0] != 'r' || fields.Length > 5 && fields[5].StartsWith("[v")) continue;
            long start = long.Parse(ends[0], NumberStyles.HexNumber), end = long.Parse(ends[1], NumberStyles.HexNumber);
            for (long step = start; step < end; step += Step)
            {
                // A copy that lies across the border is found with the step that it begins in.
                int length = (int)Math.Min(buffer.Length, end - step);
                if (!InUse(pages, entries, step, length)) continue;
                Read(memory, buffer.AsSpan(0, length), step);
                for (int i = 0; i < needles.Length; i++)
                    counts[i] += Occurrences(buffer.AsSpan(0, length), needles[i]);
            }
        }
        return counts;
    }

    // What was never touched holds nothing.
    static bool InUse(Microsoft.Win32.SafeHandles.SafeFileHandle pages, byte[] entries, long start, int length)
    {
        int size = (int)(8 * ((start + length + Page - 1) / Page - start / Page));
        int read = RandomAccess.Read(pages, entries.AsSpan(0, size), start / Page * 8);
        for (int i = 7; i < read; i += 8)
            if ((entries[i] & 0xc0) != 0) return true;
        return false;
    }

    // A page that is gone by now holds nothing.
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

# The copies of what an emulator issued, as text: "2 of token 1 in UTF-16". Nothing when there are none.
function Find-Copy([int]$ProcessId, $Emulator) {
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

# A PowerShell that does what it is told, a line at a time.
function Start-Obedient {
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

# Gives it a line, and returns the text of what came of it. Garbage has been collected by then.
function Invoke-Obedient($Process, [string]$Line) {
    $Process.StandardInput.WriteLine(($Line -replace '\r?\n', ' '))
    do {
        $answer = $Process.StandardOutput.ReadLine()
        if ($null -eq $answer) { throw "The PowerShell ended at: $Line" }
    } until ($answer.StartsWith('> '))
    $answer.Substring(2)
}
