using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;

namespace AzStandIn;

/// <summary>Sends the real cmdlet's requests to Azure Resource Manager to a service of the test instead.</summary>
internal sealed class ResourceManager
{
    private readonly string address = Environment.GetEnvironmentVariable("ARCTOKEN_TEST_ARM")
        ?? throw new InvalidOperationException("The stand-in was told of no Azure Resource Manager (ARCTOKEN_TEST_ARM).");

    private readonly string token;

    internal ResourceManager(string token) => this.token = token;

    internal string? FirstTenant() => First("/tenants?api-version=2021-01-01", "tenantId");

    internal string? FirstSubscription() => First("/subscriptions?api-version=2021-01-01", "subscriptionId");

    internal string? Subscription(string id) =>
        First($"/subscriptions/{Uri.EscapeDataString(id)}?api-version=2021-01-01", "subscriptionId");

    private string? First(string path, string property)
    {
        var request = (HttpWebRequest)WebRequest.Create(address + path);
        request.Proxy = null;
        request.Headers["Authorization"] = "Bearer " + token;
        using WebResponse response = request.GetResponse();
        using var reader = new StreamReader(response.GetResponseStream());
        return Regex.Matches(reader.ReadToEnd(), $"\"{property}\":\"([^\"]*)\"").Cast<Match>().FirstOrDefault()?.Groups[1].Value;
    }
}
