namespace ArcToken.Native;

/// <summary>The texts that a row of a table can hold: the header's <c>arc_token_column</c>.</summary>
internal enum TableColumn
{
    Endpoint = 1,
    EndpointSource = 2,
    Name = 10,
    Status = 11,
    Detail = 12,
    Advice = 13,
    Value = 14,
    Audience = 15,
    OtherNames = 16,
    ResourceId = 20,
    SubscriptionId = 21,
    ResourceGroup = 22,
    Location = 23,
    Environment = 24,
    OsType = 25,
    VmId = 26,
    AgentStatus = 27,
    AgentVersion = 28,
    Log = 40,
    LogDetail = 41,
    Warnings = 42,
}
