using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ArcToken.Az;

/// <summary>Az's own cmdlet for logging in.</summary>
internal static class AzAccounts
{
    internal const string ConnectName = "Connect-AzAccount";

    /// <summary>The name that no other module's command has.</summary>
    internal const string QualifiedConnectName = "Az.Accounts\\" + ConnectName;

    /// <summary>
    /// Az's cmdlet, its module loaded if need be. A function or an alias may have its name, even the qualified one: it
    /// would get the token.
    /// </summary>
    /// <exception cref="ArcTokenException">It is not installed.</exception>
    internal static CmdletInfo FindConnect(PSCmdlet command) =>
        command.InvokeCommand.GetCommand(QualifiedConnectName, CommandTypes.Cmdlet) as CmdletInfo
        ?? throw new ArcTokenException(
            ArcTokenStatus.AzAccountsNotFound,
            "The module Az.Accounts with its cmdlet Connect-AzAccount is not installed, or cannot be loaded.",
            "Install it: Install-PSResource Az.Accounts, or in Windows PowerShell Install-Module Az.Accounts. "
                + "Import-Module Az.Accounts says why it cannot be loaded.");

    /// <summary>
    /// Runs Az's cmdlet in the place of <paramref name="command"/>: what it writes, to any stream, is written as it comes,
    /// and stopping the pipeline stops it. The parameters are splatted, so that no script text ever holds them.
    /// </summary>
    internal static void Invoke(PSCmdlet command, CmdletInfo cmdlet, IDictionary parameters)
    {
        // Not a steppable pipeline: in Constrained Language Mode it does not see its arguments.
        command.InvokeCommand.InvokeScript(
            "param($Cmdlet, $Parameters) & $Cmdlet @Parameters",
            true,
            PipelineResultTypes.Output | PipelineResultTypes.Error,
            null,
            cmdlet,
            parameters);
    }
}
