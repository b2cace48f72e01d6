using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// The text of a function that stands before Az's <c>Connect-AzAccount</c>: the same parameters, and one more in a set of
/// its own. With that one it calls <c>Connect-ArcAzAccount</c>, otherwise Az's cmdlet.
/// </summary>
internal static class ConnectProxy
{
    private const string OwnSet = "AccessTokenCredential";

    // Besides those that Az's cmdlet has in all of its sets.
    private static readonly string[] optionalInOwnSet = { "Tenant", "SkipValidation" };

    // Cmdlets are looked up as such and by their modules, so that no function gets the credential. Commands only, and no
    // method: the body must run in Constrained Language Mode too.
    private const string Body = @"
process
{
    if ($PSCmdlet.ParameterSetName -eq 'AccessTokenCredential')
    {
        & (Microsoft.PowerShell.Core\Get-Command -Name 'ArcToken\Connect-ArcAzAccount' -CommandType Cmdlet) @PSBoundParameters
    }
    else
    {
        & (Microsoft.PowerShell.Core\Get-Command -Name 'Az.Accounts\Connect-AzAccount' -CommandType Cmdlet) @PSBoundParameters
    }
}
<#
.ForwardHelpTargetName Az.Accounts\Connect-AzAccount
.ForwardHelpCategory Cmdlet
#>
";

    internal static string TextFor(CmdletInfo connect)
    {
        var metadata = new CommandMetadata(connect);
        string parameters = ProxyCommand.GetParamBlock(metadata);
        foreach (ParameterMetadata parameter in metadata.Parameters.Values)
        {
            // The last line of a parameter's declaration is its name; what precedes it may be attributes in any order.
            string name = $"${{{parameter.Name}}}";
            parameters = parameters.Replace(name, string.Concat(Attributes(connect, parameter)) + name);
        }

        string own = $"[Parameter(Mandatory = $true, ParameterSetName = '{OwnSet}')]\n[ArcToken.Az.TokenCarrier()]\n"
            + "[System.Management.Automation.PSCredential]\n${AccessTokenCredential}";
        string dynamic = typeof(IDynamicParameters).IsAssignableFrom(connect.ImplementingType)
            ? $"dynamicparam\n{{{ProxyCommand.GetDynamicParam(metadata)}}}\n"
            : string.Empty;
        return ProxyCommand.GetCmdletBindingAttribute(metadata)
            + $"\nparam(\n{own},\n{parameters})\n"
            + dynamic
            + Body;
    }

    // What PowerShell's own proxies lack: the set of ours, and the completers.
    private static IEnumerable<string> Attributes(CmdletInfo connect, ParameterMetadata parameter)
    {
        if (!parameter.ParameterSets.ContainsKey(ParameterAttribute.AllParameterSets)
            && (optionalInOwnSet.Contains(parameter.Name) || connect.ParameterSets.All(set => Has(set, parameter.Name))))
        {
            yield return $"[Parameter(ParameterSetName = '{OwnSet}')] ";
        }

        foreach (ArgumentCompleterAttribute completer in parameter.Attributes.OfType<ArgumentCompleterAttribute>())
        {
            yield return completer.Type is null
                ? $"[ArgumentCompleter({{{completer.ScriptBlock}}})] "
                : $"[ArgumentCompleter([{completer.Type.FullName}])] ";
        }
    }

    private static bool Has(CommandParameterSetInfo set, string name) =>
        set.Parameters.Any(parameter => parameter.Name == name);
}
