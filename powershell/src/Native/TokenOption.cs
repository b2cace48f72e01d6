namespace ArcToken.Native;

/// <summary>The header's <c>arc_token_option</c>.</summary>
internal enum TokenOption
{
    Endpoint = 1,
    KeyDirectory = 2,
    ApiVersion = 3,
    ClientId = 4,
    ObjectId = 5,
    IdentityResourceId = 6,
    TimeoutMs = 20,
    ForceRefresh = 21,
}
