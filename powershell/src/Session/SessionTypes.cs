using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ArcToken.Az;

namespace ArcToken.Session;

/// <summary>What the session knows of types.</summary>
internal static class SessionTypes
{
    /// <summary>
    /// Sets type data, in place of what there is for the same members. A session that takes none goes without: an import does not fail for it.
    /// </summary>
    internal static void Set(TypeData[] data, Runspace? session)
    {
        try
        {
            if (TableOf(session) is { } table)
            {
                Add(data, table, session!.InitialSessionState);
            }
            else
            {
                Update(data);
            }
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            // The session lacks the cmdlet, or its table is closed to changes.
        }
    }

    /// <summary>
    /// The session's table of types. Null where a host shares it between sessions, and in a PowerShell that does not have it there.
    /// </summary>
    /// <remarks>
    /// PowerShell shows the table to nobody, but its members are public. Update-TypeData, for which a script, a module and a cmdlet are needed,
    /// takes a good part of the import's time.
    /// </remarks>
    internal static TypeTable? TableOf(Runspace? session)
    {
        // Only the cmdlet looks whether it is shared before it changes a table.
        return EngineContext.Part(session, "TypeTable") is TypeTable table && EngineContext.Field(table, "isShared") is false ? table : null;
    }

    // Through PowerShell's own cmdlet.
    private static void Update(TypeData[] data)
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
}
