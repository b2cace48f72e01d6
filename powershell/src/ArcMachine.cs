using System;
using System.Collections;
using System.Collections.Specialized;
using ArcToken.Native;

namespace ArcToken;

/// <summary>The machine as its agent describes it. A value that the agent leaves out is null.</summary>
public sealed class ArcMachine
{
    private ArcMachine(TableHandle table)
    {
        Name = table.Text(0, TableColumn.Name);
        ResourceId = table.Text(0, TableColumn.ResourceId);
        SubscriptionId = table.Text(0, TableColumn.SubscriptionId);
        ResourceGroupName = table.Text(0, TableColumn.ResourceGroup);
        Location = table.Text(0, TableColumn.Location);
        Environment = table.Text(0, TableColumn.Environment);
        OSType = table.Text(0, TableColumn.OsType);
        VmId = table.Text(0, TableColumn.VmId);
        AgentStatus = table.Text(0, TableColumn.AgentStatus);
        AgentVersion = table.Text(0, TableColumn.AgentVersion);

        // As in Azure, letter case does not distinguish the names of tags.
        var tags = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        for (int row = 1; row < table.Rows; row++)
        {
            tags[table.Text(row, TableColumn.Name) ?? string.Empty] = table.Text(row, TableColumn.Value) ?? string.Empty;
        }

        Tags = tags.AsReadOnly();
    }

    /// <summary>The machine's name in Azure.</summary>
    public string? Name { get; }

    /// <summary>The machine's Azure resource id.</summary>
    public string? ResourceId { get; }

    /// <summary>The subscription of the machine.</summary>
    public string? SubscriptionId { get; }

    /// <summary>The resource group of the machine.</summary>
    public string? ResourceGroupName { get; }

    /// <summary>The Azure region.</summary>
    public string? Location { get; }

    /// <summary>The cloud, by the agent's name for it: <c>AzurePublicCloud</c>, for example.</summary>
    public string? Environment { get; }

    /// <summary><c>Linux</c> or <c>Windows</c>.</summary>
    public string? OSType { get; }

    /// <summary>The tags, names and values, in the agent's order.</summary>
    public IDictionary Tags { get; }

    /// <summary>The machine's unique id.</summary>
    public string? VmId { get; }

    /// <summary>The agent's state, by its own name: <c>Connected</c>, for example.</summary>
    public string? AgentStatus { get; }

    /// <summary>The agent's version.</summary>
    public string? AgentVersion { get; }

    /// <inheritdoc/>
    public override string ToString() => ResourceId ?? Name ?? string.Empty;

    internal static ArcMachine Of(TableHandle table) => new(table);
}
