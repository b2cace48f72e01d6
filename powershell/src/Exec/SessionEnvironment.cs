using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;

namespace ArcToken.Exec;

/// <summary>
/// A change of this process's environment variables, which ends when this object is disposed. They are shared by all runspaces, so that only
/// one of them may change them at a time. In that one, changes may be nested.
/// </summary>
internal sealed class SessionEnvironment : IDisposable
{
    private static readonly object gate = new();
    private static Guid owner;
    private static int depth;

    private readonly Dictionary<string, string?> before;

    /// <exception cref="ArcTokenException">Another runspace has changed them.</exception>
    internal SessionEnvironment(IReadOnlyDictionary<string, string> set, IEnumerable<string> removed)
    {
        Guid runspace = Runspace.DefaultRunspace.InstanceId;
        lock (gate)
        {
            if (depth > 0 && owner != runspace)
            {
                throw new ArcTokenException(
                    ArcTokenStatus.EndpointUnavailable,
                    "Invoke-ArcCommand runs in another runspace of this process, and has changed the environment variables, which they share.",
                    "Use 'arc-token exec', or processes of their own (Start-Job), for what runs at the same time.");
            }

            owner = runspace;
            depth++;
        }

        before = set.Keys.Concat(removed).ToDictionary(name => name, Environment.GetEnvironmentVariable);
        foreach (string name in before.Keys)
        {
            Environment.SetEnvironmentVariable(name, set.TryGetValue(name, out string value) ? value : null);
        }
    }

    /// <summary>Gives each variable the value that it had.</summary>
    public void Dispose()
    {
        foreach (KeyValuePair<string, string?> variable in before)
        {
            Environment.SetEnvironmentVariable(variable.Key, variable.Value);
        }

        lock (gate)
        {
            depth--;
        }
    }
}
