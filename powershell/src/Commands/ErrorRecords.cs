using System;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>Turns an <see cref="ArcTokenException"/> into what PowerShell shows.</summary>
internal static class ErrorRecords
{
    // Since this version the concise view prints the recommended action on a line of its own. Every other view, and all
    // of Windows PowerShell's, shows nothing but the message.
    private static readonly Version RecommendationShownSince = new(7, 5);

    /// <summary>The record for an error of <paramref name="command"/>; what to do next is shown exactly once.</summary>
    internal static ErrorRecord ToErrorRecord(this ArcTokenException error, PSCmdlet command, object? target) =>
        new(error, error.Status.ToString(), Category(error.Status), target)
        {
            ErrorDetails = new ErrorDetails(ShowsRecommendation(command) ? error.Problem : error.Message)
            {
                RecommendedAction = error.Advice,
            },
        };

    // Windows PowerShell's assembly is of version 3.0, PowerShell 7.6's of 7.6.
    private static bool ShowsRecommendation(PSCmdlet command) =>
        typeof(PSObject).Assembly.GetName().Version >= RecommendationShownSince
        && command.GetVariableValue("ErrorView")?.ToString() == "ConciseView";

    private static ErrorCategory Category(ArcTokenStatus status) => status switch
    {
        ArcTokenStatus.AzAccountsNotFound => ErrorCategory.NotInstalled,
        ArcTokenStatus.NativeLibraryUnavailable => ErrorCategory.ResourceUnavailable,
        ArcTokenStatus.InvalidArgument => ErrorCategory.InvalidArgument,
        ArcTokenStatus.EndpointRefused => ErrorCategory.SecurityError,
        ArcTokenStatus.AgentNotInstalled => ErrorCategory.NotInstalled,
        ArcTokenStatus.AgentNotRunning => ErrorCategory.ConnectionError,
        ArcTokenStatus.ForeignAnswer => ErrorCategory.SecurityError,
        ArcTokenStatus.BadChallenge => ErrorCategory.ProtocolError,
        ArcTokenStatus.KeyFileRefused => ErrorCategory.SecurityError,
        ArcTokenStatus.KeyAccessDenied => ErrorCategory.PermissionDenied,
        ArcTokenStatus.KeyRejected => ErrorCategory.AuthenticationError,
        ArcTokenStatus.IdentityNotFound => ErrorCategory.ObjectNotFound,
        ArcTokenStatus.SelectorNotHonoured => ErrorCategory.InvalidResult,
        ArcTokenStatus.AgentError => ErrorCategory.InvalidOperation,
        ArcTokenStatus.BadResponse => ErrorCategory.InvalidData,
        ArcTokenStatus.Timeout => ErrorCategory.OperationTimeout,
        ArcTokenStatus.Cancelled => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}
