using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Completers;

/// <summary>What the completers share.</summary>
internal static class Completion
{
    /// <summary>
    /// A suggestion for each value that begins with the typed word or, where there is none, contains it; with a text that
    /// says more.
    /// </summary>
    internal static IEnumerable<CompletionResult> Of(IEnumerable<KeyValuePair<string, string>> values, string typed)
    {
        string word = typed.Trim('\'', '"');
        KeyValuePair<string, string>[] all = values.ToArray();
        KeyValuePair<string, string>[] found = all.Where(value => Place(value, word) == 0).ToArray();
        return (found.Length > 0 ? found : all.Where(value => Place(value, word) > 0)).Select(Result);
    }

    /// <summary>The cloud that -Environment names on the line so far.</summary>
    internal static string? Cloud(IDictionary bound) => bound["Environment"] as string;

    private static int Place(KeyValuePair<string, string> value, string word) =>
        value.Key.IndexOf(word, StringComparison.OrdinalIgnoreCase);

    private static CompletionResult Result(KeyValuePair<string, string> value) =>
        new(value.Key, value.Key, CompletionResultType.ParameterValue, value.Value);
}
