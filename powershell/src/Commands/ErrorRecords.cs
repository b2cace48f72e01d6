using System;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>Turns an <see cref="ArcTokenException"/> into an error record for PowerShell.</summary>
internal static class ErrorRecords
{
    private const int TooManyRequests = 429;
    private const int ServiceUnavailable = 503;

    // Since this version, the concise view prints the recommended action on a separate line. All other views, and all views
    // of Windows PowerShell, show only the message.
    private static readonly Version RecommendationShownSince = new(7, 5);

    /// <summary>The record for an error of <paramref name="command"/>. It shows the advice exactly once.</summary>
    internal static ErrorRecord ToErrorRecord(this ArcTokenException error, PSCmdlet command, object? target) =>
        new(error, error.Status.ToString(), Category(error), target)
        {
            ErrorDetails = new ErrorDetails(ShowsRecommendation(command) ? $"{error.Status}: {error.Problem}" : error.Message)
            {
                RecommendedAction = error.Advice,
            },
        };

    // The assembly of Windows PowerShell has version 3.0, that of PowerShell 7.6 has version 7.6.
    private static bool ShowsRecommendation(PSCmdlet command) =>
        typeof(PSObject).Assembly.GetName().Version >= RecommendationShownSince
        && command.GetVariableValue("ErrorView")?.ToString() == "ConciseView";

    private static ErrorCategory Category(ArcTokenException error) => error.Status switch
    {
        ArcTokenStatus.EndpointUnavailable => ErrorCategory.ResourceUnavailable,
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
        ArcTokenStatus.AgentError when error.HttpStatus == TooManyRequests => ErrorCategory.LimitsExceeded,
        ArcTokenStatus.AgentError when error.HttpStatus == ServiceUnavailable => ErrorCategory.ResourceUnavailable,
        ArcTokenStatus.AgentError => ErrorCategory.InvalidOperation,
        ArcTokenStatus.BadResponse => ErrorCategory.InvalidData,
        ArcTokenStatus.Timeout => ErrorCategory.OperationTimeout,
        ArcTokenStatus.Cancelled => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}
