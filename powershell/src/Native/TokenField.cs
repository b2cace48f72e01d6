namespace ArcToken.Native;

/// <summary>The header's <c>arc_token_field</c>: what can be read from a result or an error.</summary>
internal enum TokenField
{
    Resource = 1,
    TenantId = 2,
    ClientId = 3,
    ObjectId = 4,
    MachineResourceId = 5,
    SubscriptionId = 6,
    Log = 20,
    LogDetail = 21,
    Problem = 31,
    Advice = 32,
    Reason = 33,
    AgentCode = 34,
    AgentDescription = 35,
}
