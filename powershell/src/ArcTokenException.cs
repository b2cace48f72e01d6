using System;

namespace ArcToken;

/// <summary>The one exception type of this module. It never holds a secret.</summary>
public sealed class ArcTokenException : Exception
{
    /// <summary>An error as the module makes it. Public so that a script's tests can make one.</summary>
    public ArcTokenException(ArcTokenStatus status, string problem, string advice = "")
        : base($"{status}: {problem}{(advice.Length == 0 ? string.Empty : " ")}{advice}")
    {
        Status = status;
        Problem = problem;
        Advice = advice;
    }

    /// <summary>The name of the error. It never changes.</summary>
    public ArcTokenStatus Status { get; }

    /// <summary>The problem in words: the message without the error's name and the advice.</summary>
    public string Problem { get; }

    /// <summary>The next step for the user: the last part of the message. Empty where there is nothing to do.</summary>
    public string Advice { get; }

    /// <summary>One word that distinguishes cases of the same status. Null where there is only one case.</summary>
    public string? Reason { get; set; }

    /// <summary>The HTTP status of the agent's answer. Null without an answer.</summary>
    public int? HttpStatus { get; set; }

    /// <summary>The error code in the agent's answer. Null where there is none.</summary>
    public string? AgentCode { get; set; }

    /// <summary>The description in the agent's answer. Null where there is none.</summary>
    public string? AgentDescription { get; set; }

    /// <summary>Microsoft Entra's trace id, for Microsoft's support. Null where Entra did not answer.</summary>
    public string? TraceId { get; set; }

    /// <summary>Microsoft Entra's correlation id, for Microsoft's support. Null where Entra did not answer.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>The time of Microsoft Entra's answer, as it wrote it. Null where Entra did not answer.</summary>
    public string? Timestamp { get; set; }
}
