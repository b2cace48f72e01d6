using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using ArcToken.Az;

namespace ArcToken;

/// <summary>What the session knows of types.</summary>
internal static class SessionTypes
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>
    /// Sets type data, in place of what there is for the same members. A session that takes none goes without.
    /// </summary>
    internal static void Set(params TypeData[] data)
    {
        try
        {
            Runspace session = Runspace.DefaultRunspace;
            if (TableOf(session) is { } table)
            {
                Add(data, table, session.InitialSessionState);
            }
            else
            {
                Update(data);
            }
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            // A session may lack the cmdlet, or share a table that is closed to changes.
        }
    }

    /// <summary>
    /// The session's table of types. Null in a PowerShell that does not have it there.
    /// </summary>
    /// <remarks>
    /// PowerShell shows the table to nobody, but its members are public. Through it the import takes a sixth less time than through
    /// Update-TypeData, for which a script, a module and a cmdlet are needed.
    /// </remarks>
    internal static TypeTable? TableOf(Runspace? session) =>
        ValueOf(ValueOf(session, typeof(Runspace), "ExecutionContext"), null, "TypeTable") as TypeTable;

    /// <summary>The same through PowerShell's own cmdlet.</summary>
    internal static void Update(TypeData[] data)
    {
        var global = new PSModuleInfo(true);
        CommandInfo cmdlet = ForeignCmdlets.Find(global.SessionState.InvokeCommand, "Microsoft.PowerShell.Utility", "Update-TypeData");
        global.Invoke(ScriptBlock.Create("param($Update, $Data) & $Update -TypeData $Data -Force"), cmdlet, data);
    }

    private static void Add(TypeData[] data, TypeTable table, InitialSessionState? kept)
    {
        foreach (TypeData type in data)
        {
            type.IsOverride = true;
            table.AddType(type);

            // Update-TypeData without parameters makes the table anew, of these.
            kept?.Types.Add(new SessionStateTypeEntry(type, isRemove: false));
        }
    }

    private static object? ValueOf(object? instance, Type? type, string property) =>
        instance is null ? null : (type ?? instance.GetType()).GetProperty(property, Internal)?.GetValue(instance);
}
