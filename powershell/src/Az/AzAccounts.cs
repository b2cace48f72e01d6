using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ArcToken.Az;

/// <summary>Finds and runs Az's own cmdlet for logging in.</summary>
internal static class AzAccounts
{
    internal const string ConnectName = "Connect-AzAccount";

    /// <summary>The name of the cmdlet with its module, so that it means no other module's command.</summary>
    internal const string QualifiedConnectName = ModuleName + "\\" + ConnectName;

    private const string ModuleName = "Az.Accounts";

    // Parameters that came later than the cmdlet, and the version of the module that brought them.
    private static readonly Dictionary<string, string> laterParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MicrosoftGraphAccessToken"] = "2.7.0",
    };

    /// <summary>
    /// Finds Az's cmdlet, and loads its module if necessary. Only cmdlets are considered: a function or an alias can have
    /// the same name, even the qualified one, and would receive the token.
    /// </summary>
    /// <exception cref="ArcTokenException">The cmdlet is not there.</exception>
    internal static CmdletInfo FindConnect(PSCmdlet command) =>
        command.InvokeCommand.GetCommand(QualifiedConnectName, CommandTypes.Cmdlet) as CmdletInfo
        ?? Modules(command, "").Select(WithPrefix).FirstOrDefault(cmdlet => cmdlet is not null)
        ?? throw NotFound(command);

    /// <summary>The module's version: of the loaded one, else of the one that PowerShell would load. Null without any.</summary>
    internal static Version? FindVersion(PSCmdlet command) =>
        Modules(command, "").Concat(Modules(command, " -ListAvailable -ErrorAction Ignore")).FirstOrDefault()?.Version;

    /// <summary>Fails if the installed version of the cmdlet does not have one of these parameters.</summary>
    /// <exception cref="ArcTokenException">It is too old.</exception>
    internal static void RequireParameters(CmdletInfo cmdlet, IDictionary parameters)
    {
        foreach (string name in parameters.Keys)
        {
            if (cmdlet.Parameters.ContainsKey(name))
            {
                continue;
            }

            string needed = laterParameters.TryGetValue(name, out string since) ? $"version {since} or later" : "a newer version";
            throw new ArcTokenException(
                ArcTokenStatus.AzAccountsNotFound,
                $"{cmdlet.Name} of {cmdlet.ModuleName} {cmdlet.Module?.Version} has no parameter -{name}: this needs {needed} of {ModuleName}.",
                $"Update it (Update-PSResource {ModuleName}, or in Windows PowerShell Update-Module {ModuleName}) and start a new PowerShell, "
                    + "or leave out what needs the parameter.");
        }
    }

    /// <summary>
    /// Runs Az's cmdlet with tokens among its parameters, and keeps them out of PowerShell's log of pipelines.
    /// </summary>
    /// <returns>Whether the cmdlet succeeded.</returns>
    internal static bool InvokeWithToken(PSCmdlet command, CmdletInfo cmdlet, IDictionary parameters)
    {
        using PipelineLogPause pause = PipelineLogPause.Of(cmdlet);
        if (!pause.IsEffective)
        {
            command.WriteWarning(
                $"{cmdlet.Name} cannot be left out of module logging. Where that is turned on, the tokens of this login get into the log.");
        }
        else if (pause.WasLogged)
        {
            command.WriteVerbose(
                $"Module logging of {cmdlet.ModuleName} is on. This call of {cmdlet.Name} is left out of it, because its parameters hold tokens.");
        }

        return Invoke(command, cmdlet, parameters);
    }

    /// <summary>
    /// Runs Az's cmdlet in place of <paramref name="command"/>. Its output goes to each stream without delay, and stopping
    /// the pipeline stops it. The parameters are splatted, so no script text ever holds them.
    /// </summary>
    /// <returns>Whether the cmdlet succeeded.</returns>
    internal static bool Invoke(PSCmdlet command, CmdletInfo cmdlet, IDictionary parameters)
    {
        var result = new Hashtable();
        // A steppable pipeline does not work: in Constrained Language Mode it does not see its arguments.
        command.InvokeCommand.InvokeScript(
            "param($Cmdlet, $Parameters, $Result) & $Cmdlet @Parameters; $Result['Succeeded'] = $?",
            true,
            PipelineResultTypes.Output | PipelineResultTypes.Error,
            null,
            cmdlet,
            parameters,
            result);
        return result["Succeeded"] is true;
    }

    private static IEnumerable<PSModuleInfo> Modules(PSCmdlet command, string arguments) => command.InvokeCommand
        .InvokeScript(
            $"& $args[0] {ModuleName}{arguments}",
            ForeignCmdlets.Find(command.InvokeCommand, "Microsoft.PowerShell.Core", "Get-Module"))
        .Select(module => module?.BaseObject)
        .OfType<PSModuleInfo>();

    // Import-Module -Prefix gives cmdlets another name.
    private static CmdletInfo? WithPrefix(PSModuleInfo module) => module.ExportedCmdlets.Values.FirstOrDefault(
        cmdlet => cmdlet.ImplementingType.GetCustomAttributes(typeof(CmdletAttribute), false).OfType<CmdletAttribute>()
            .Any(names => $"{names.VerbName}-{names.NounName}" == ConnectName));

    // In words, what has the cmdlet's name in this session.
    private static string? ReplacedBy(PSCmdlet command) =>
        command.InvokeCommand.GetCommand(ConnectName, CommandTypes.Function | CommandTypes.Alias)?.CommandType switch
        {
            CommandTypes.Function => "a function",
            CommandTypes.Alias => "an alias",
            _ => null,
        };

    private static ArcTokenException NotFound(PSCmdlet command)
    {
        if (ReplacedBy(command) is { } other)
        {
            return new ArcTokenException(
                ArcTokenStatus.AzAccountsNotFound,
                $"{ConnectName} is {other}, not Az's cmdlet, and is not called: it would get the token.",
                $"Install {ModuleName}. For a test of a script, mock Connect-ArcAzAccount itself: see about_ArcToken_Testing.");
        }

        PSModuleInfo? loaded = Modules(command, "").FirstOrDefault();
        PSModuleInfo? installed = loaded ?? Modules(command, " -ListAvailable -ErrorAction Ignore").FirstOrDefault();
        (string problem, string advice) = (loaded, installed) switch
        {
            ({ Version: var version }, _) => (
                $"{ModuleName} {version} is imported, but without {ConnectName}.",
                $"Import all of it: Import-Module {ModuleName} -Force."),
            (_, { Version: var version }) when !LoadsModules(command) => (
                $"{ModuleName} {version} is installed, but not imported, and this session imports no module by itself.",
                $"Import it first: Import-Module {ModuleName}. An endpoint with restricted commands (JEA) names it in ModulesToImport of its role "
                    + $"capability, and {QualifiedConnectName} in VisibleCmdlets."),
            (_, { Version: var version }) => (
                $"{ModuleName} {version} is installed, but cannot be loaded.", $"Import-Module {ModuleName} says why."),
            _ => (
                $"The module {ModuleName} with its cmdlet {ConnectName} is not installed.",
                $"Install it: Install-PSResource {ModuleName}, or in Windows PowerShell Install-Module {ModuleName}."),
        };
        return new ArcTokenException(ArcTokenStatus.AzAccountsNotFound, problem, advice);
    }

    // A qualified name, such as the one that is looked up here, loads its module in all modes but None.
    private static bool LoadsModules(PSCmdlet command) =>
        !string.Equals(command.GetVariableValue("PSModuleAutoLoadingPreference")?.ToString(), "None", StringComparison.OrdinalIgnoreCase);
}
