using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ArcToken.Az;
using ArcToken.Completers;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Checks why it does not work here. What is wrong is a row of the output, never an error.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ArcAgent")]
[OutputType(typeof(AgentCheck), typeof(bool))]
public sealed class TestArcAgentCommand : TokenRequestCommand
{
    /// <summary>What the token is for that is got to see whether one is to be had.</summary>
    [Parameter(Position = 0)]
    [Alias("ResourceUrl", "ResourceUri")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    [UriAsWritten]
    public string? Resource { get; set; }

    /// <summary>Write only whether nothing failed.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

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
            // Only what cannot be asked at all comes here: a value that cannot be right.
            ThrowTerminatingError(e.ToErrorRecord(this, Resource));
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
        using var request = new TokenRequest(RequestPurpose.Check, Resource);
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
