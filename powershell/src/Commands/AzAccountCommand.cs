using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using ArcToken.Completers;

namespace ArcToken.Commands;

/// <summary>
/// A command that calls <c>Connect-AzAccount</c>: that cmdlet's parameters that are there in all of its parameter sets,
/// passed on as they are given.
/// </summary>
public abstract class AzAccountCommand : TokenRequestCommand
{
    // Passed on when given, as are Az's own.
    private static readonly string[] commonParameters =
    {
        "WhatIf", "Confirm", "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ProgressAction",
    };

    private static readonly string[] azParameters =
        typeof(AzAccountCommand).GetProperties().Where(property => property.DeclaringType == typeof(AzAccountCommand))
            .Select(property => property.Name).ToArray();

    /// <summary>The tenant to log in to.</summary>
    [Parameter]
    [Alias("Domain", "TenantId")]
    [ValidateNotNullOrEmpty]
    public string? Tenant { get; set; }

    /// <summary>The subscription to use: its id or its name.</summary>
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

    /// <summary>The name of the context that comes out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContextName { get; set; }

    /// <summary>Where the login is kept: in this process, or on disk for this user.</summary>
    [Parameter]
    [ValidateSet("Process", "CurrentUser")]
    public string? Scope { get; set; }

    /// <summary>Make no context but the one that is used.</summary>
    [Parameter]
    public SwitchParameter SkipContextPopulation { get; set; }

    /// <summary>How many contexts to make at most.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int? MaxContextPopulation { get; set; }

    /// <summary>Overwrite a context of the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The contexts and credentials to begin with.</summary>
    [Parameter]
    [Alias("AzContext", "AzureRmContext", "AzureCredential")]
    public object? DefaultProfile { get; set; }

    /// <summary>Whether nothing is to be done, only told.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object bound)
        ? ((SwitchParameter)bound).IsPresent
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>The given parameters that Az's cmdlet has too.</summary>
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

        return given;
    }
}
