namespace Consumers;

/// <summary>The answers of Azure Resource Manager to the requests of a login.</summary>
internal static class Answers
{
    private const string OneSubscription =
        $$"""{"id":"/subscriptions/{{LoopbackService.Subscription}}","subscriptionId":"{{LoopbackService.Subscription}}","tenantId":"{{LoopbackService.Tenant}}","displayName":"one","state":"Enabled"}""";

    internal static string To(string path) => path.Split('?')[0] switch
    {
        "/tenants" => $$"""{"value":[{"id":"/tenants/{{LoopbackService.Tenant}}","tenantId":"{{LoopbackService.Tenant}}"}]}""",
        "/subscriptions" => $$"""{"value":[{{OneSubscription}}]}""",
        "/subscriptions/" + LoopbackService.Subscription => OneSubscription,
        _ => """{"value":"the answer"}""",
    };
}
