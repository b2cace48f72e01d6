using System.Management.Automation;
using System.Threading;
using ArcToken.Az;

namespace ArcToken.Session;

/// <summary>
/// Tells of a second copy of the module in one session, from another folder. A process loads one assembly of a name, so the commands of
/// both are those of the first.
/// </summary>
internal static class SecondCopy
{
    private static int imports;

    /// <summary>Warns if the session has the module already. Imports of the same folder do not come here, unless it was removed.</summary>
    internal static void Warn()
    {
        // The first import of a process has no other before it, and does not pay for the question.
        if (Interlocked.Increment(ref imports) == 1)
        {
            return;
        }

        var global = new PSModuleInfo(true);
        CommandInvocationIntrinsics commands = global.SessionState.InvokeCommand;
        string loaded = typeof(SecondCopy).Assembly.Location;
        try
        {
            global.Invoke(
                ScriptBlock.Create("if (& $args[0] -Name $args[2]) { & $args[1] $args[3] }"),
                ForeignCmdlets.Find(commands, "Microsoft.PowerShell.Core", "Get-Module"),
                ForeignCmdlets.Find(commands, "Microsoft.PowerShell.Utility", "Write-Warning"),
                nameof(ArcToken),
                $"This process uses the copy of ArcToken that it loaded first, {loaded}. To use another one, start a new PowerShell.");
        }
        catch (RuntimeException)
        {
            // A session may lack a cmdlet, or end with its warnings. The import goes on.
        }
    }
}
