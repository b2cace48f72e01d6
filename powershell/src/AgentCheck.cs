namespace ArcToken;

/// <summary>One check of the agent and its outcome. It never holds a secret.</summary>
public sealed class AgentCheck
{
    internal AgentCheck(string name, CheckStatus status, string detail, string? advice)
    {
        Name = name;
        Status = status;
        Detail = detail;
        Advice = advice;
    }

    /// <summary>The name of the check. It never changes.</summary>
    public string Name { get; }

    /// <summary>The outcome.</summary>
    public CheckStatus Status { get; }

    /// <summary>The finding, in words.</summary>
    public string Detail { get; }

    /// <summary>The next step for the user. Null where there is nothing to do.</summary>
    public string? Advice { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}
