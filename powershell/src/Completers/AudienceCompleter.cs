using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ArcToken.Completers;

/// <summary>Completes audiences: first the default, then those of all clouds, each with its names.</summary>
public sealed class AudienceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            () => Audiences.Clouds
                .SelectMany(cloud => Audiences.In(cloud), (cloud, known) => new { known.Value, Use = $"{known.Key} in {cloud}" })
                .GroupBy(known => known.Value, known => known.Use)
                .Select(known => new KeyValuePair<string, string>(known.Key, $"{known.Key}: {string.Join(", ", known)}"))
                .Prepend(new KeyValuePair<string, string>(
                    Audiences.ResourceManager, $"{Audiences.ResourceManager}: Azure Resource Manager, the default")),
            wordToComplete);
}
