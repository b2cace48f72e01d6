using System.Management.Automation;

namespace AzStandIn;

/// <summary>Like in Az, an attribute that derives from the ordinary one and passes a script to it.</summary>
public sealed class EnvironmentCompleterAttribute : ArgumentCompleterAttribute
{
    public EnvironmentCompleterAttribute()
        : base(ScriptBlock.Create(
            "param($command, $parameter, $word) 'AzureCloud', 'AzureChinaCloud', 'AzureUSGovernment' | Where-Object { $_ -like \"$word*\" }"))
    {
    }
}
