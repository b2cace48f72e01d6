using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using ArcToken.Native;

namespace ArcToken.Exec;

/// <summary>The program <c>arc-token</c>, whose server answers the programs that a block of script starts.</summary>
internal static class EndpointProgram
{
    private const string Name = "arc-token";

    /// <summary>Its path: beside the native library, or on the PATH.</summary>
    /// <exception cref="ArcTokenException">There is none.</exception>
    internal static string Find(PSCmdlet command)
    {
        string library = NativeLibraryFile.Path;
        string name = Path.GetExtension(library) == ".dll" ? Name + ".exe" : Name;
        string beside = Path.Combine(Path.GetDirectoryName(library), name);
        if (File.Exists(beside))
        {
            return beside;
        }

        // A path that is not whole would be one below the current folder.
        string? onPath = (command.InvokeCommand.GetCommand(name, CommandTypes.Application) as ApplicationInfo)?.Path;
        return onPath is not null && Path.IsPathRooted(onPath)
            ? onPath
            : throw new ArcTokenException(
                ArcTokenStatus.EndpointUnavailable,
                $"The program {Name}, which answers what the block starts, is neither on the PATH nor in '{Path.GetDirectoryName(library)}'.",
                "Install it, of the module's version: 'cargo install --path cli --locked' or './build.sh cli' in ArcToken's sources.");
    }

    /// <summary>Words as one command line, by the rules of Windows, which .NET has everywhere.</summary>
    internal static string CommandLine(IEnumerable<string> words) => string.Join(" ", words.Select(Quoted));

    // A backslash counts as itself but before a quotation mark.
    private static string Quoted(string word) =>
        new StringBuilder("\"").Append(Regex.Replace(word, "(\\\\*)(\"|$)", match =>
            match.Groups[1].Value + match.Groups[1].Value + (match.Groups[2].Length == 0 ? string.Empty : "\\\""))).Append('"').ToString();
}
