namespace ArcToken.Native;

/// <summary>The header's <c>arc_token_column</c>: what can be read from a row of a table.</summary>
internal enum TableColumn
{
    Endpoint = 1,
    EndpointSource = 2,
}
