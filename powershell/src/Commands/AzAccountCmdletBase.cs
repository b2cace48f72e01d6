using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using ArcToken.Completers;

namespace ArcToken.Commands;

/// <summary>
/// The base of cmdlets that call <c>Connect-AzAccount</c>: the parameters that Az's cmdlet has in all its parameter sets.
/// They are passed on unchanged, but for other names of a cloud.
/// </summary>
public abstract class AzAccountCmdletBase : TokenCmdletBase
{
    // These are passed on, too, when the caller sets them.
    private static readonly string[] commonParameters =
    {
        "WhatIf", "Confirm", "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ProgressAction",
    };

    private static readonly string[] azParameters =
        typeof(AzAccountCmdletBase).GetProperties().Where(property => property.DeclaringType == typeof(AzAccountCmdletBase))
            .Select(property => property.Name).ToArray();

    /// <summary>The tenant to log in to.</summary>
    [Parameter]
    [Alias("Domain", "TenantId")]
    [ValidateNotNullOrEmpty]
    public string? Tenant { get; set; }

    /// <summary>The subscription to use, by id or by name.</summary>
    [Parameter]
    [Alias("SubscriptionName", "SubscriptionId")]
    [ValidateNotNullOrEmpty]
    public string? Subscription { get; set; }

    /// <summary>The cloud.</summary>
    [Parameter]
    [Alias("EnvironmentName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>The name of the new context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContextName { get; set; }

    /// <summary>Where Az keeps the login: in this process, or on disk for this user.</summary>
    [Parameter]
    [ValidateSet("Process", "CurrentUser")]
    public string? Scope { get; set; }

    /// <summary>Create only the context that is used.</summary>
    [Parameter]
    public SwitchParameter SkipContextPopulation { get; set; }

    /// <summary>The largest number of contexts to create.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int? MaxContextPopulation { get; set; }

    /// <summary>Overwrite a context with the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The contexts and credentials to start with.</summary>
    [Parameter]
    [Alias("AzContext", "AzureRmContext", "AzureCredential")]
    public object? DefaultProfile { get; set; }

    /// <summary>Whether -WhatIf is in effect, by the switch or by the caller's preference.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object bound)
        ? ((SwitchParameter)bound).IsPresent
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>The parameters of Az's cmdlet that the caller has set.</summary>
    private protected Hashtable GivenParameters()
    {
        var given = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (string name in azParameters.Concat(commonParameters))
        {
            if (MyInvocation.BoundParameters.TryGetValue(name, out object value))
            {
                given[name] = value;
            }
        }

        // Az has one name for each cloud.
        if (given[nameof(Environment)] is string cloud && Audiences.NameOf(cloud) is { } known)
        {
            given[nameof(Environment)] = known;
        }

        return given;
    }
}
