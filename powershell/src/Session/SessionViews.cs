using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using ArcToken.Az;

namespace ArcToken.Session;

/// <summary>The views that a session has of the module's objects.</summary>
/// <remarks>
/// A view file of the manifest's would be the usual way. For it PowerShell loads all its own views again, and compiles what reads the file:
/// most of what an import took beyond an empty module's. Where PowerShell is not as it is known here, and in Windows PowerShell, its own cmdlet does the same.
/// </remarks>
internal static class SessionViews
{
    // The states that hold the views. Sessions of one pool can have one and the same, each with its own views.
    private static readonly ConditionalWeakTable<InitialSessionState, object> keepers = new();

    /// <summary>Adds views, unless the session has them. A session that takes none goes without: an import does not fail for it.</summary>
    internal static void Add(ExtendedTypeDefinition[] views, Runspace? session)
    {
        try
        {
            if (session?.InitialSessionState is not { DisableFormatUpdates: false } state)
            {
                return;
            }

            // Where a host shares views between sessions, PowerShell opens no session whose state has any besides.
            object? manager = EngineContext.Part(session, "FormatDBManager");
            object? isShared = manager is null ? null : EngineContext.Field(manager, "isShared");
            if (isShared is true)
            {
                return;
            }

            // Update-FormatData empties the state and fills it again.
            lock (keepers)
            {
                bool wereKept = Keep(views, state);
                object? database = isShared is false ? manager!.GetType().GetProperty("Database", EngineContext.Any)?.GetValue(manager) : null;
                if (database is null || !Load(views, database, wereKept))
                {
                    Update();
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The session lacks the cmdlet, or has its views closed to changes.
        }
    }

    // Update-FormatData makes a session's views anew, of these. True if they were there.
    private static bool Keep(ExtendedTypeDefinition[] views, InitialSessionState state)
    {
        if (keepers.TryGetValue(state, out _))
        {
            return true;
        }

        keepers.Add(state, views);
        Array.ForEach(views, view => state.Formats.Add(new SessionStateFormatEntry(view)));
        return false;
    }

    // As PowerShell loads its own views. False where they must come in another way.
    private static bool Load(ExtendedTypeDefinition[] views, object database, bool mayBeThere)
    {
        try
        {
            Type? type = typeof(PSObject).Assembly.GetType("Microsoft.PowerShell.Commands.Internal.Format.TypeInfoDataBaseLoader");
            MethodInfo? load = type?.GetMethod("LoadFormattingData", EngineContext.Any);
            if (load?.GetParameters() is not { Length: 5 } parameters)
            {
                return false;
            }

            if (mayBeThere && Has(database, views[0]))
            {
                return true;
            }

            object loader = Activator.CreateInstance(type, nonPublic: true);
            object factory = Activator.CreateInstance(parameters[2].ParameterType, nonPublic: true);
            foreach (ExtendedTypeDefinition view in views)
            {
                // Trusted, as the assembly is that brings the scripts in them: PowerShell then reads a script only when it runs it.
                if (load.Invoke(loader, new[] { view, database, factory, true, false }) is not true)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever PowerShell has there in place of what it had.
            return false;
        }
    }

    private static bool Has(object database, ExtendedTypeDefinition wanted)
    {
        object? section = EngineContext.Field(database, "viewDefinitionsSection");
        return section is not null
            && EngineContext.Field(section, "viewDefinitionList") is IEnumerable views
            && views.Cast<object>().Any(view => EngineContext.Field(view, "name") is string name && name == wanted.TypeName);
    }

    // Through PowerShell's own cmdlet. Without a file it makes the views anew.
    private static void Update()
    {
        var global = new PSModuleInfo(true);
        global.Invoke(
            ScriptBlock.Create("& $args[0]"),
            ForeignCmdlets.Find(global.SessionState.InvokeCommand, "Microsoft.PowerShell.Utility", "Update-FormatData"));
    }
}
