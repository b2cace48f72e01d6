using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace ArcToken;

/// <summary>Converts JSON, which .NET's JSON reader presents as XML, into objects for PowerShell.</summary>
internal static class JsonValue
{
    internal static object? Of(XElement element) => element.Attribute("type")?.Value switch
    {
        "object" => Object(element),
        "array" => element.Elements().Select(Of).ToArray(),
        "number" => Number(element.Value),
        "boolean" => element.Value == "true",
        "null" => null,
        _ => element.Value,
    };

    private static OrderedDictionary Object(XElement element)
    {
        var values = new OrderedDictionary();
        foreach (XElement member in element.Elements())
        {
            // The reader puts a name that is not valid in XML into this attribute.
            values[member.Attribute("item")?.Value ?? member.Name.LocalName] = Of(member);
        }

        return values;
    }

    private static object Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double broken) ? broken
        : text;
}
