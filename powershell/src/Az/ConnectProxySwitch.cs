using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ArcToken.Commands;

namespace ArcToken.Az;

/// <summary>
/// Installs the proxy as a global function of the current runspace, and removes it again. Removing restores a function
/// that was there before. Every runspace has its own functions, and here its own state.
/// </summary>
internal static class ConnectProxySwitch
{
    private static readonly ConditionalWeakTable<Runspace, State> states = new();

    internal static void Enable(string text, CmdletInfo connect)
    {
        Disable();
        FunctionInfo? before = Current();
        if (before is not null)
        {
            Remove(); // Without this, Set-Item changes this same object, and the earlier function is lost.
        }

        Set(ScriptBlock.Create(text));
        FunctionInfo? proxy = Current();
        if (proxy is not null)
        {
            PSMemberInfoCollection<PSPropertyInfo> properties = PSObject.AsPSObject(proxy).Properties;
            properties.Add(new PSNoteProperty(ConnectProxy.ArcCmdletProperty, new CmdletInfo("Connect-ArcAzAccount", typeof(ConnectArcAzAccountCommand))));
            properties.Add(new PSNoteProperty(ConnectProxy.AzCmdletProperty, connect));
        }

        states.Add(Runspace.DefaultRunspace, new State(before, proxy?.ScriptBlock));
    }

    internal static void Disable()
    {
        if (Runspace.DefaultRunspace is not { } runspace || !states.TryGetValue(runspace, out State state))
        {
            return;
        }

        states.Remove(runspace);
        if (!ReferenceEquals(Current()?.ScriptBlock, state.Proxy))
        {
            return; // Somebody has replaced or removed the proxy in the meantime.
        }

        Remove();
        if (state.Before is not null)
        {
            Set(state.Before); // The function, not just its script block: its options come back, too.
        }
    }

    private static FunctionInfo? Current() =>
        InGlobal("Get-Item", "-Path Function:Connect-AzAccount -ErrorAction Ignore") as FunctionInfo;

    private static void Set(object value) =>
        InGlobal("Set-Item", "-Path Function:global:Connect-AzAccount -Value $args[1] -ErrorAction Stop", value);

    private static void Remove() =>
        InGlobal("Remove-Item", "-Path Function:Connect-AzAccount -Force -ErrorAction Stop"); // It may be read-only.

    // The caller may be a module with functions of its own. Of these three cmdlets only Set-Item accepts a path with "global"
    // in it, so the command runs in a module that is linked to the global scope and sees only the global functions.
    private static object? InGlobal(string cmdlet, string parameters, params object[] arguments)
    {
        var module = new PSModuleInfo(true);
        CommandInfo found = ForeignCmdlets.Find(module.SessionState.InvokeCommand, "Microsoft.PowerShell.Management", cmdlet);
        object result = module.Invoke(ScriptBlock.Create("& $args[0] " + parameters), arguments.Prepend(found).ToArray());
        return (result as PSObject)?.BaseObject;
    }

    private sealed class State
    {
        internal State(FunctionInfo? before, ScriptBlock? proxy)
        {
            Before = before;
            Proxy = proxy;
        }

        internal FunctionInfo? Before { get; }

        internal ScriptBlock? Proxy { get; }
    }
}
