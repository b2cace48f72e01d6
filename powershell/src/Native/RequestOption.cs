namespace ArcToken.Native;

/// <summary>The options of a request: the header's <c>arc_token_option</c>.</summary>
internal enum RequestOption
{
    Endpoint = 1,
    KeyDirectory = 2,
    ApiVersion = 3,
    ClientId = 4,
    ObjectId = 5,
    IdentityResourceId = 6,
    Variable = 7,
    ResourceTypeName = 8,
    Environment = 9,
    TimeoutMs = 20,
    ForceRefresh = 21,
    RequireIdentifiedAgent = 22,
    AllowUnidentifiedAgent = 23,
    WaitForAgent = 24,
}
