namespace ArcToken.Native;

/// <summary>The texts that an answer can hold: the header's <c>arc_token_field</c>.</summary>
internal enum AnswerField
{
    Resource = 1,
    TenantId = 2,
    ClientId = 3,
    ObjectId = 4,
    MachineResourceId = 5,
    SubscriptionId = 6,
    Log = 20,
    LogDetail = 21,
    Warnings = 22,
    Problem = 31,
    Advice = 32,
    Reason = 33,
    AgentCode = 34,
    AgentDescription = 35,
    TraceId = 36,
    CorrelationId = 37,
    Timestamp = 38,
}
