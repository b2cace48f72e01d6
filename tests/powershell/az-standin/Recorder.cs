using System.Collections.Generic;
using Microsoft.Azure.Commands.Profile.Models.Core;

namespace AzStandIn;

/// <summary>Records the calls of the stand-in, for tests in the same process.</summary>
public sealed class Call
{
    internal Call(string parameterSet, IDictionary<string, object> bound, bool done, bool? logged)
    {
        ParameterSet = parameterSet;
        Bound = bound;
        Done = done;
        Logged = logged;
    }

    public string ParameterSet { get; }

    public IDictionary<string, object> Bound { get; }

    /// <summary>Whether the call went on after ShouldProcess.</summary>
    public bool Done { get; }

    /// <summary>Whether module logging was on for the stand-in during the call. Null without a module.</summary>
    public bool? Logged { get; }
}

public static class Recorder
{
    public static List<Call> Calls { get; } = new();

    /// <summary>The context of the last login.</summary>
    public static PSAzureContext? Context { get; set; }
}
