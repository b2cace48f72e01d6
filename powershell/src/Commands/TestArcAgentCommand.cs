using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ArcToken.Az;
using ArcToken.Completers;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Checks the agent and everything that a token needs. A problem is a row of the output, never an error.</summary>
/// <remarks>Not declared is the bool of <see cref="Quiet"/>: completion offers the members of all declared types at once.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "ArcAgent", HelpUri = OnlineHelp.None + "Test-ArcAgent")]
[OutputType(typeof(AgentCheck))]
public sealed class TestArcAgentCommand : TokenCmdletBase
{
    /// <summary>The resource of the token that the last check gets.</summary>
    [Parameter(Position = 0)]
    [Alias("ResourceUrl", "ResourceUri")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    [AudienceText]
    public string? Resource { get; set; }

    /// <summary>The service of the token that the last check gets, by the name that Az gives it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceTypeNameCompleter))]
    public string? ResourceTypeName { get; set; }

    /// <summary>The cloud in which <see cref="ResourceTypeName"/> is looked up.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Write only true or false: whether no check failed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>No parameter of this cmdlet: it says how the agent is now.</summary>
    public override SwitchParameter WaitForAgent { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        List<AgentCheck> checks;
        try
        {
            checks = RequestChecks();
        }
        catch (ArcTokenException e)
        {
            // Only an invalid parameter value comes here: with it no check can run.
            ThrowTerminatingError(e.ToErrorRecord(this, Resource ?? ResourceTypeName));
            return;
        }

        if (Quiet)
        {
            WriteObject(checks.All(check => check.Status != CheckStatus.Fail));
            return;
        }

        checks.Add(AzCheck.Run(this));
        WriteObject(checks, enumerateCollection: true);
    }

    private List<AgentCheck> RequestChecks()
    {
        bool isByResource = new ResourceChoice(this).IsByResource(Resource is not null, ResourceTypeName is not null, Environment);
        WantedResource wanted = isByResource ? WantedResource.Exactly(Resource!) : WantedResource.Of(ResourceTypeName, Environment);
        using NativeRequest request = wanted.NewRequest(RequestPurpose.Check);
        Prepare(request);
        using TableHandle table = Send<TableHandle>(request, "Checking the Azure Connected Machine agent");
        var checks = new List<AgentCheck>();
        for (int row = 0; row < table.Rows; row++)
        {
            checks.Add(new AgentCheck(
                table.Text(row, TableColumn.Name) ?? string.Empty,
                (CheckStatus)Enum.Parse(typeof(CheckStatus), table.Text(row, TableColumn.Status) ?? nameof(CheckStatus.Skip)),
                table.Text(row, TableColumn.Detail) ?? string.Empty,
                table.Text(row, TableColumn.Advice)));
        }

        return checks;
    }
}
