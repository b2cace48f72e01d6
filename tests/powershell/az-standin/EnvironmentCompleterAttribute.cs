using System.Management.Automation;

namespace AzStandIn;

/// <summary>As in Az, an attribute of its own that hands a script to the ordinary one.</summary>
public sealed class EnvironmentCompleterAttribute : ArgumentCompleterAttribute
{
    public EnvironmentCompleterAttribute()
        : base(ScriptBlock.Create(
            "param($command, $parameter, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' | Where-Object { $_ -like \"$word*\" }"))
    {
    }
}
