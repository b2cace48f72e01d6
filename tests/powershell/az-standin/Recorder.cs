using System.Collections.Generic;

namespace AzStandIn;

/// <summary>What the stand-in was called with, for tests of the same process.</summary>
public sealed class Call
{
    internal Call(string parameterSet, IDictionary<string, object> bound, bool done)
    {
        ParameterSet = parameterSet;
        Bound = bound;
        Done = done;
    }

    public string ParameterSet { get; }

    public IDictionary<string, object> Bound { get; }

    /// <summary>Whether it went on after ShouldProcess.</summary>
    public bool Done { get; }
}

public static class Recorder
{
    public static List<Call> Calls { get; } = new();
}
