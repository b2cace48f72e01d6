using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ArcToken.Native;

namespace ArcToken;

/// <summary>
/// The audiences of Azure's services in each cloud, by the names that Az gives the services. The native library has the table. Every
/// member loads it, and throws an <see cref="ArcTokenException"/> where that fails.
/// </summary>
internal static class Audiences
{
    /// <summary>The audience of Azure Resource Manager, in the form that its documentation uses.</summary>
    internal const string ResourceManager = "https://management.azure.com/";

    /// <summary>The name of Azure Resource Manager in the table, where its audience has the form that Az uses.</summary>
    internal const string ResourceManagerName = "Arm";

    // A failure to load the library is not kept: the next call tries again.
    private static readonly Lazy<Row[]> table = new(Read, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The clouds, the default one first.</summary>
    internal static IReadOnlyList<string> Clouds => table.Value.Select(row => row.Cloud).Distinct().ToArray();

    /// <summary>The known names and audiences of a cloud, null for the default one. Empty for an unknown cloud.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> In(string? cloud) =>
        table.Value.Where(row => row.Cloud == (cloud is null ? Clouds[0] : NameOf(cloud)))
            .Select(row => new KeyValuePair<string, string>(row.Name, row.Audience));

    /// <summary>The name that Az has for a cloud, which may be called otherwise. Null for an unknown cloud.</summary>
    internal static string? NameOf(string cloud) =>
        table.Value.FirstOrDefault(row => Same(row.Cloud, cloud) || row.OtherNames.Any(name => Same(name, cloud)))?.Cloud;

    /// <summary>
    /// Whether an audience is Azure Resource Manager's in this cloud, or in any cloud for null. In a cloud that is not in
    /// the table every audience passes, because the right one is not known.
    /// </summary>
    internal static bool IsResourceManager(string audience, string? cloud) =>
        (cloud is not null && NameOf(cloud) is null)
        || (CloudOfResourceManager(audience) is { } own && (cloud is null || own == NameOf(cloud)));

    /// <summary>The cloud whose Azure Resource Manager has this audience. Null for every other audience.</summary>
    internal static string? CloudOfResourceManager(string audience) =>
        SameButForSlash(audience, ResourceManager)
            ? Clouds[0]
            : table.Value.FirstOrDefault(row => row.Name == ResourceManagerName && SameButForSlash(row.Audience, audience))?.Cloud;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static bool SameButForSlash(string left, string right) => Same(left.TrimEnd('/'), right.TrimEnd('/'));

    private static Row[] Read()
    {
        NativeLoader.EnsureLoaded();
        using TableHandle audiences = NativeRequest.Audiences();
        return Enumerable.Range(0, audiences.Rows).Select(row => new Row(audiences, row)).ToArray();
    }

    private sealed class Row
    {
        internal Row(TableHandle table, int row)
        {
            Name = table.Text(row, TableColumn.Name) ?? string.Empty;
            Cloud = table.Text(row, TableColumn.Environment) ?? string.Empty;
            OtherNames = table.Text(row, TableColumn.OtherNames)?.Split(',') ?? Array.Empty<string>();
            Audience = table.Text(row, TableColumn.Audience) ?? string.Empty;
        }

        internal string Name { get; }

        internal string Cloud { get; }

        internal string[] OtherNames { get; }

        internal string Audience { get; }
    }
}
