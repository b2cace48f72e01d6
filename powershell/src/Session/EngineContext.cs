using System;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace ArcToken.Session;

/// <summary>What PowerShell has in a session and shows to nobody.</summary>
internal static class EngineContext
{
    /// <summary>Members of whatever visibility.</summary>
    internal const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>A part of a session, by its name. Null in a PowerShell that has no such thing.</summary>
    internal static object? Part(Runspace? session, string name)
    {
        try
        {
            object? context = typeof(Runspace).GetProperty("ExecutionContext", Any)?.GetValue(session);
            return context?.GetType().GetProperty(name, Any)?.GetValue(context);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever PowerShell has there in place of what it had: there is another way.
            return null;
        }
    }

    /// <summary>What is in a field. Null where there is no such field.</summary>
    internal static object? Field(object owner, string name) => owner.GetType().GetField(name, Any)?.GetValue(owner);
}
