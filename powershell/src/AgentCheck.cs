namespace ArcToken;

/// <summary>One check of the agent, and what came of it. Nothing in it is ever a secret.</summary>
public sealed class AgentCheck
{
    internal AgentCheck(string name, CheckStatus status, string detail, string? advice)
    {
        Name = name;
        Status = status;
        Detail = detail;
        Advice = advice;
    }

    /// <summary>What was checked: a name that never changes.</summary>
    public string Name { get; }

    /// <summary>What came of it.</summary>
    public CheckStatus Status { get; }

    /// <summary>What was found.</summary>
    public string Detail { get; }

    /// <summary>What to do about it. Null where there is nothing to do.</summary>
    public string? Advice { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}
