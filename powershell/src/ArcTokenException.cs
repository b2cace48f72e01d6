using System;

namespace ArcToken;

/// <summary>The one exception of this module. Nothing in it is ever a secret.</summary>
public sealed class ArcTokenException : Exception
{
    internal ArcTokenException(ArcTokenStatus status, string problem, string advice)
        : base(advice.Length == 0 ? problem : problem + " " + advice)
    {
        Status = status;
        Problem = problem;
        Advice = advice;
    }

    /// <summary>What went wrong, as a name that never changes.</summary>
    public ArcTokenStatus Status { get; }

    /// <summary>What went wrong, in words: the first part of the message.</summary>
    public string Problem { get; }

    /// <summary>What to do next: the second part of the message. Empty where there is nothing to do.</summary>
    public string Advice { get; }

    /// <summary>One word that tells cases of the same status apart, if there is one.</summary>
    public string? Reason { get; internal set; }

    /// <summary>The HTTP status of the agent's answer, if there was one.</summary>
    public int? HttpStatus { get; internal set; }

    /// <summary>The error code in the agent's answer, if there was one.</summary>
    public string? AgentCode { get; internal set; }

    /// <summary>The description in the agent's answer, if there was one.</summary>
    public string? AgentDescription { get; internal set; }
}
