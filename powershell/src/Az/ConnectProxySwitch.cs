using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ArcToken.Az;

/// <summary>
/// Puts the proxy into the global functions of the current runspace, and takes it away again: what was there before comes
/// back. Other runspaces of the process have functions, and a state, of their own.
/// </summary>
internal static class ConnectProxySwitch
{
    private static readonly ConditionalWeakTable<Runspace, State> states = new();

    internal static void Enable(string text)
    {
        Disable();
        FunctionInfo? before = Current();
        if (before is not null)
        {
            Remove(); // Set-Item alone would change this very object, which is all that is left of what it was.
        }

        Set(ScriptBlock.Create(text));
        states.Add(Runspace.DefaultRunspace, new State(before, Current()?.ScriptBlock));
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
            return; // Somebody has put another function there since, or removed ours.
        }

        Remove();
        if (state.Before is not null)
        {
            Set(state.Before); // With its options, which a script block alone has not.
        }
    }

    private static FunctionInfo? Current() =>
        InGlobal("Get-Item -Path Function:Connect-AzAccount -ErrorAction Ignore") as FunctionInfo;

    private static void Set(object value) =>
        InGlobal("Set-Item -Path Function:global:Connect-AzAccount -Value $args[0] -ErrorAction Stop", value);

    private static void Remove() =>
        InGlobal("Remove-Item -Path Function:Connect-AzAccount -Force -ErrorAction Stop"); // It may be read-only.

    // Whoever calls may have functions of its own, which are not meant; of these three cmdlets only Set-Item knows a path
    // with the word "global" in it. A module that is linked to the global functions sees those and no others.
    private static object? InGlobal(string command, params object[] arguments) =>
        (new PSModuleInfo(true).Invoke(ScriptBlock.Create("Microsoft.PowerShell.Management\\" + command), arguments) as PSObject)?.BaseObject;

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
