using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Diagnostics;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

namespace ArcToken.Exec;

/// <summary>An endpoint for tokens, which answers this process and what it starts. It ends when this object is disposed, and with this process.</summary>
internal sealed class TokenEndpoint : IDisposable
{
    // It asks nobody at its start.
    private static readonly TimeSpan startLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan endLimit = TimeSpan.FromSeconds(5);

    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();

    /// <exception cref="ArcTokenException">It does not start.</exception>
    internal TokenEndpoint(string program, IEnumerable<string> options)
    {
        int self = Process.GetCurrentProcess().Id;
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        process = new Process
        {
            StartInfo = new ProcessStartInfo(program, EndpointProgram.CommandLine(new[] { "exec", $"--for-caller={self}" }.Concat(options)))
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = encoding,
                StandardErrorEncoding = encoding,
            },
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                said.Enqueue(text);
            }
        };
        try
        {
            process.Start();
            process.BeginErrorReadLine();
            (Set, Removed) = Variables(program);
        }
        catch (Exception e)
        {
            Dispose();
            throw e as ArcTokenException ?? Unavailable(program, e.Message);
        }
    }

    /// <summary>The variables that lead clients to the endpoint. The values hold its secret.</summary>
    internal IReadOnlyDictionary<string, string> Set { get; }

    /// <summary>The variables that would lead them to another one.</summary>
    internal IReadOnlyCollection<string> Removed { get; }

    /// <summary>The lines that the program has said since the last call.</summary>
    internal IEnumerable<string> Said()
    {
        while (said.TryDequeue(out string line))
        {
            yield return line;
        }
    }

    /// <summary>Ends it, and waits for that. Everything that it has said is then in <see cref="Said"/>.</summary>
    public void Dispose()
    {
        try
        {
            process.StandardInput.Close();
            if (!process.WaitForExit((int)endLimit.TotalMilliseconds))
            {
                process.Kill();
            }

            process.WaitForExit(); // Without a limit, it waits for the last lines, too.
        }
        catch (InvalidOperationException)
        {
            // It never started, or has ended.
        }

        process.Dispose();
    }

    private (IReadOnlyDictionary<string, string> Set, IReadOnlyCollection<string> Removed) Variables(string program)
    {
        Task<string?> first = process.StandardOutput.ReadLineAsync();
        string line = first.Wait(startLimit) && first.Result is { } text ? text : throw Unavailable(program, Reason());
        using XmlReader reader = JsonReaderWriterFactory.CreateJsonReader(Encoding.UTF8.GetBytes(line), XmlDictionaryReaderQuotas.Max);
        var changes = (OrderedDictionary)JsonValue.Of(XElement.Load(reader))!;
        var set = (OrderedDictionary)changes["set"];
        return (set.Keys.Cast<string>().ToDictionary(name => name, name => (string)set[name]), ((object[])changes["removed"]).Cast<string>().ToList());
    }

    private string Reason()
    {
        process.StandardInput.Close();
        if (process.WaitForExit((int)endLimit.TotalMilliseconds))
        {
            process.WaitForExit();
        }

        return string.Join(" ", Said().Select(line => line.Trim()).Where(line => line.Length > 0)) is { Length: > 0 } text ? text : "it said nothing";
    }

    private static ArcTokenException Unavailable(string program, string reason) => new(
        ArcTokenStatus.EndpointUnavailable,
        $"'{program}' does not make the endpoint: {reason.TrimEnd('.')}.",
        "It must be of the module's version: 'arc-token --version' tells which one it is.");
}
