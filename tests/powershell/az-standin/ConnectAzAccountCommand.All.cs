using System.Management.Automation;
using Microsoft.Azure.Commands.Common.Authentication.Abstractions.Core;
using Microsoft.Azure.Commands.Profile.Common;

namespace AzStandIn;

/// <content>The parameters that belong to all parameter sets. Only one of all parameters takes pipeline input.</content>
public sealed partial class ConnectAzAccountCommand
{
    [Parameter(ValueFromPipeline = true)]
    [Alias("SubscriptionName", "SubscriptionId")]
    [ValidateNotNullOrEmpty]
    public string? Subscription { get; set; }

    [Parameter]
    [Alias("EnvironmentName")]
    [ValidateNotNullOrEmpty]
    [EnvironmentCompleter]
    public string? Environment { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContextName { get; set; }

    [Parameter]
    public ContextModificationScope Scope { get; set; }

    [Parameter]
    public SwitchParameter SkipContextPopulation { get; set; }

    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int MaxContextPopulation { get; set; } = 25;

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [Alias("AzContext", "AzureRmContext", "AzureCredential")]
    public IAzureContextContainer? DefaultProfile { get; set; }
}
