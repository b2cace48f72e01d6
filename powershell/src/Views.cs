using System;
using System.Management.Automation;

namespace ArcToken;

/// <summary>How the module's objects are shown, here and where they come from another process.</summary>
internal static class Views
{
    // PowerShell's own form of a time span is 01:29:58.1234567.
    private const string ExpiresIn =
        "if ($null -ne $_.ExpiresIn) { '{0:0} h {1} min' -f [Math]::Floor($_.ExpiresIn.TotalHours), $_.ExpiresIn.Minutes }";

    private const string UniversalTime = "{0:u}";

    // Windows PowerShell has no $PSStyle. PowerShell 7 itself removes the colour where it is turned off.
    private const string Status = """
        $style = Get-Variable PSStyle -ValueOnly -ErrorAction Ignore
        $colour = if ($style) { @{ Pass = 'Green'; Warning = 'Yellow'; Fail = 'Red'; Skip = 'BrightBlack' }["$($_.Status)"] }
        if ($colour) { $style.Foreground.$colour + $_.Status + $style.Reset } else { "$($_.Status)" }
        """;

    private const string DetailAndAdvice = "@($_.Detail, $_.Advice) -ne $null -join \"`n\"";

    private const string Tags = "($_.Tags.GetEnumerator() | ForEach-Object { $_.Key + '=' + $_.Value }) -join ', '";

    /// <summary>All of them, made once a process.</summary>
    internal static ExtendedTypeDefinition[] All { get; } =
    {
        Of(typeof(AccessToken), TokenTable(), TokenList()), Of(typeof(AgentCheck), CheckTable()), Of(typeof(ArcMachine), MachineList()),
    };

    // A table in 80 columns.
    private static PSControl TokenTable() => Table()
        .AddHeader(Alignment.Undefined, 0, null)
        .AddHeader(Alignment.Undefined, 20, null)
        .AddHeader(Alignment.Undefined, 12, nameof(ExpiresIn))
        .StartRowDefinition(wrap: false, null, null)
        .AddPropertyColumn(nameof(AccessToken.Resource), Alignment.Undefined, null)
        .AddPropertyColumn(nameof(AccessToken.ExpiresOn), Alignment.Undefined, UniversalTime)
        .AddScriptBlockColumn(ExpiresIn, Alignment.Undefined, null)
        .EndRowDefinition()
        .EndTable();

    // The order: resource, lifetime, machine, identity, tenant.
    private static PSControl TokenList() => List()
        .Property(nameof(AccessToken.Resource))
        .Property(nameof(AccessToken.Type))
        .Property(nameof(AccessToken.ExpiresOn), UniversalTime)
        .AddItemScriptBlock(ExpiresIn, nameof(ExpiresIn), null)
        .Property(nameof(AccessToken.MachineResourceId))
        .Property(nameof(AccessToken.SubscriptionId))
        .Property(nameof(AccessToken.ClientId))
        .Property(nameof(AccessToken.ObjectId))
        .Property(nameof(AccessToken.TenantId))
        .Property(nameof(AccessToken.UserId))
        .EndEntry()
        .EndList();

    private static PSControl CheckTable() => Table()
        .AddHeader(Alignment.Undefined, 7, nameof(AgentCheck.Status))
        .AddHeader(Alignment.Undefined, 21, null)
        .AddHeader(Alignment.Undefined, 0, nameof(AgentCheck.Detail))
        .StartRowDefinition(wrap: true, null, null)
        .AddScriptBlockColumn(Status, Alignment.Undefined, null)
        .AddPropertyColumn(nameof(AgentCheck.Name), Alignment.Undefined, null)
        .AddScriptBlockColumn(DetailAndAdvice, Alignment.Undefined, null)
        .EndRowDefinition()
        .EndTable();

    private static PSControl MachineList() => List()
        .Property(nameof(ArcMachine.Name))
        .Property(nameof(ArcMachine.ResourceGroupName))
        .Property(nameof(ArcMachine.SubscriptionId))
        .Property(nameof(ArcMachine.Location))
        .Property(nameof(ArcMachine.Environment))
        .Property(nameof(ArcMachine.OSType))
        .AddItemScriptBlock(Tags, nameof(ArcMachine.Tags), null)
        .Property(nameof(ArcMachine.AgentStatus))
        .Property(nameof(ArcMachine.AgentVersion))
        .Property(nameof(ArcMachine.VmId))
        .Property(nameof(ArcMachine.ResourceId))
        .EndEntry()
        .EndList();

    private static ExtendedTypeDefinition Of(Type type, params PSControl[] controls)
    {
        string name = type.FullName;
        var definition = new ExtendedTypeDefinition(name);
        definition.TypeNames.Add("Deserialized." + name);
        foreach (PSControl control in controls)
        {
            definition.FormatViewDefinition.Add(new FormatViewDefinition(name, control));
        }

        return definition;
    }

    private static TableControlBuilder Table() => TableControl.Create(outOfBand: false, autoSize: false, hideTableHeaders: false);

    private static ListEntryBuilder List() => ListControl.Create(outOfBand: false).StartEntry(null, null);

    private static ListEntryBuilder Property(this ListEntryBuilder entry, string name, string? format = null) =>
        entry.AddItemProperty(name, null, format);
}
