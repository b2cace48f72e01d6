using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Completers;

/// <summary>The common part of all completers.</summary>
internal static class Completion
{
    /// <summary>
    /// The suggestions for a typed word: the values that begin with it, or, if there are none, the values that contain it.
    /// The value of each pair is the tooltip. None if the table cannot be read.
    /// </summary>
    internal static IEnumerable<CompletionResult> Of(Func<IEnumerable<KeyValuePair<string, string>>> values, string typed)
    {
        string word = typed.Trim('\'', '"');
        KeyValuePair<string, string>[] all;
        try
        {
            all = values().ToArray();
        }
        catch (ArcTokenException)
        {
            return Array.Empty<CompletionResult>(); // The library cannot be loaded. The command will say why.
        }

        KeyValuePair<string, string>[] found = all.Where(value => Place(value, word) == 0).ToArray();
        return (found.Length > 0 ? found : all.Where(value => Place(value, word) > 0)).Select(Result);
    }

    /// <summary>The cloud that -Environment names on the current command line.</summary>
    internal static string? Cloud(IDictionary bound) => bound["Environment"] as string;

    private static int Place(KeyValuePair<string, string> value, string word) =>
        value.Key.IndexOf(word, StringComparison.OrdinalIgnoreCase);

    private static CompletionResult Result(KeyValuePair<string, string> value) =>
        new(value.Key, value.Key, CompletionResultType.ParameterValue, value.Value);
}
