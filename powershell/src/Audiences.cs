using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ArcToken;

/// <summary>
/// The audiences that Azure's services want in their tokens, by the names that Az gives them, for each cloud:
/// <c>data/audiences.tsv</c>, which this assembly carries. Read when it is first needed.
/// </summary>
internal static class Audiences
{
    /// <summary>Azure Resource Manager, in the form that its documentation uses.</summary>
    internal const string ResourceManager = "https://management.azure.com/";

    /// <summary>The name of Azure Resource Manager in the table. Az's own form of its audience is another one.</summary>
    internal const string ResourceManagerName = "Arm";

    private static readonly Lazy<string[][]> table = new(Read);

    /// <summary>The clouds, the usual one first.</summary>
    internal static IReadOnlyList<string> Clouds => table.Value[0].Skip(1).ToArray();

    /// <summary>The names and audiences that are known for a cloud; for one that is not known: none.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> In(string? cloud)
    {
        int column = Column(cloud);
        return column < 0
            ? Array.Empty<KeyValuePair<string, string>>()
            : table.Value.Skip(1).Where(row => row[column].Length > 0).Select(row => new KeyValuePair<string, string>(row[0], row[column]));
    }

    /// <summary>The audience for a name. A cloud of null is the usual one.</summary>
    /// <exception cref="ArcTokenException">There is none.</exception>
    internal static string Find(string name, string? cloud)
    {
        int column = Column(cloud);
        if (column < 0)
        {
            throw Invalid(
                $"The environment '{cloud}' is not one whose audiences are known.",
                $"Those are {string.Join(", ", Clouds)}. For another one, give the audience itself to Get-ArcToken -Resource.");
        }

        string[]? row = table.Value.Skip(1).FirstOrDefault(row => Same(row[0], name));
        if (row is null)
        {
            throw Invalid(
                $"'{name}' is not one of the names for which an audience is known.",
                $"Those are {string.Join(", ", table.Value.Skip(1).Select(row => row[0]))}. "
                    + "For any other service, give its audience with -Resource.");
        }

        return row[column].Length > 0
            ? row[column]
            : throw Invalid(
                $"No audience of {row[0]} is known for {table.Value[0][column]}, only for {string.Join(", ", CloudsOf(row))}.",
                "If you know it, give it with -Resource.");
    }

    /// <summary>
    /// Whether an audience is Azure Resource Manager's in a cloud, or, when that is null, in any. Of another cloud than
    /// those in the table nobody knows: any will do.
    /// </summary>
    internal static bool IsResourceManager(string audience, string? cloud)
    {
        string[] clouds = cloud is null ? Clouds.ToArray() : new[] { cloud };
        return Column(cloud) < 0
            || (clouds.Any(one => Column(one) == Column(null)) && SameButForSlash(audience, ResourceManager))
            || clouds.Any(one => SameButForSlash(audience, Find(ResourceManagerName, one)));
    }

    private static int Column(string? cloud) =>
        cloud is null ? 1 : Array.FindIndex(table.Value[0], 1, name => Same(name, cloud));

    private static IEnumerable<string> CloudsOf(string[] row) => Clouds.Where((_, i) => row[i + 1].Length > 0);

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static bool SameButForSlash(string left, string right) => Same(left.TrimEnd('/'), right.TrimEnd('/'));

    private static ArcTokenException Invalid(string problem, string advice) =>
        new(ArcTokenStatus.InvalidArgument, problem, advice);

    // A line for each name, the first with the clouds, columns between tabs.
    private static string[][] Read()
    {
        using Stream stream = typeof(Audiences).Assembly.GetManifestResourceStream("audiences.tsv");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('\t'))
            .ToArray();
    }
}
