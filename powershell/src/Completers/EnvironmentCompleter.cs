using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ArcToken.Completers;

/// <summary>Completes the names of the clouds in the table of audiences.</summary>
public sealed class EnvironmentCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(() => Audiences.Clouds.Select(cloud => new KeyValuePair<string, string>(cloud, cloud)), wordToComplete);
}
