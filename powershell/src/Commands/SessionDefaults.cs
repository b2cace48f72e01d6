using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>Parameters whose values come from <c>$PSDefaultParameterValues</c>. PowerShell does not tell a cmdlet which they are.</summary>
internal static class SessionDefaults
{
    private const string Variable = "PSDefaultParameterValues";

    /// <summary>Whether a parameter has the value that the session has for it as a default.</summary>
    internal static bool Has(PSCmdlet command, string parameter)
    {
        if (!command.MyInvocation.BoundParameters.TryGetValue(parameter, out object value)
            || command.SessionState.PSVariable.GetValue(Variable) is not IDictionary defaults
            || LanguagePrimitives.IsTrue(defaults["Disabled"]))
        {
            return false;
        }

        return defaults.Keys.OfType<string>().Any(key => key.Split(':') is { Length: 2 } parts
            && string.Equals(parts[1], parameter, StringComparison.OrdinalIgnoreCase)
            && WildcardPattern.Get(parts[0], WildcardOptions.IgnoreCase).IsMatch(command.MyInvocation.MyCommand.Name)
            && Text(defaults[key]) == Text(value));
    }

    // One value and an array of it are the same to the parameter.
    private static string Text(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        string text => text,
        IEnumerable several => string.Join("\n", several.Cast<object?>().Select(item => item?.ToString())),
        Uri uri => uri.OriginalString,
        object other => other.ToString(),
        null => string.Empty,
    };
}
