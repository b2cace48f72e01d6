using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// The source of a proxy function for Az's <c>Connect-AzAccount</c>. It has the same parameters and one more, in a
/// parameter set of its own. With that one it calls <c>Connect-ArcAzAccount</c>, without it Az's cmdlet.
/// </summary>
internal static class ConnectProxy
{
    /// <summary>The properties of the function's object that hold the two cmdlets that the function calls.</summary>
    internal const string ArcCmdletProperty = "ArcTokenConnect", AzCmdletProperty = "ArcTokenAzConnect";

    private const string OwnSet = "AccessTokenCredential";

    // OwnSet also takes these parameters, beside those that Az's cmdlet has in all its sets.
    private static readonly string[] optionalInOwnSet = { "Tenant", "SkipValidation" };

    // The cmdlets come from the function's own object, because any function can have their names, and because their names are not known
    // everywhere: a module can be imported with a prefix, in parts, or by another module for itself. The body calls commands and no
    // methods, because it must also run in Constrained Language Mode.
    private const string Body = @"
process
{
    if ($PSCmdlet.ParameterSetName -eq 'AccessTokenCredential')
    {
        & $MyInvocation.MyCommand.ArcTokenConnect @PSBoundParameters
    }
    else
    {
        & $MyInvocation.MyCommand.ArcTokenAzConnect @PSBoundParameters
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
            // A parameter's declaration ends with its name. Attributes may stand before it in any order.
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

    // PowerShell's own proxies have neither the additional parameter set nor the completers.
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
