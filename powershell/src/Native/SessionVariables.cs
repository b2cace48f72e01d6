using System;
using System.Linq;

namespace ArcToken.Native;

/// <summary>
/// The environment variables that the library reads, as PowerShell sees them. .NET keeps its own copy of the environment on Linux and
/// macOS, so what a session changes in <c>$env:</c> does not reach native code. The library gets this view with each request.
/// </summary>
internal static class SessionVariables
{
    // The library uses the values of these.
    private static readonly string[] values =
    {
        "IDENTITY_ENDPOINT", "NO_PROXY", "no_proxy", "ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT",
    };

    // Of these it only wants to know whether they are set. The values can be secrets, so they stay here.
    private static readonly string[] signs =
    {
        "IMDS_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_SECRET",
        "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY",
    };

    /// <summary>Whether a variable is set in this session. An empty one is not.</summary>
    internal static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));

    /// <summary>Puts those that are set into a request. The library then uses no variable of the process.</summary>
    internal static void PutInto(NativeRequest request)
    {
        // At least one has to be given, and an empty one is as good as none.
        request.Set(RequestOption.Variable, values[0] + "=" + Environment.GetEnvironmentVariable(values[0]));
        foreach (string name in values.Skip(1).Where(IsSet))
        {
            request.Set(RequestOption.Variable, name + "=" + Environment.GetEnvironmentVariable(name));
        }

        foreach (string name in signs.Where(IsSet))
        {
            request.Set(RequestOption.Variable, name + "=set");
        }
    }
}
