using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ArcToken.Completers;

/// <summary>Completes the names that have an audience in the chosen cloud, each with that audience.</summary>
public sealed class ResourceTypeNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            () => Audiences.In(Completion.Cloud(fakeBoundParameters))
                .Select(known => new KeyValuePair<string, string>(known.Key, $"{known.Key}: {known.Value}")),
            wordToComplete);
}
