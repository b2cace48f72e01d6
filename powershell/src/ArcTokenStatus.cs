namespace ArcToken;

/// <summary>What became of a call. Names and numbers are those of the C header's status table.</summary>
public enum ArcTokenStatus
{
    /// <summary>Az's module Az.Accounts is not installed. Only <c>Connect-ArcAzAccount</c> needs it.</summary>
    AzAccountsNotFound = -2,

    /// <summary>The native library beside the module is missing, cannot be loaded, or is of another version.
    /// This and the values below it are the module's own: the library cannot report them.</summary>
    NativeLibraryUnavailable = -1,

    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call is not done yet.</summary>
    Pending = 1,

    /// <summary>An argument cannot be right.</summary>
    InvalidArgument = 10,

    /// <summary>The agent's endpoint is not on this machine's loopback interface.</summary>
    EndpointRefused = 20,

    /// <summary>This is not an Arc-enabled machine.</summary>
    AgentNotInstalled = 21,

    /// <summary>The agent is installed, but nothing listens at its endpoint.</summary>
    AgentNotRunning = 22,

    /// <summary>The process that listens at the endpoint is not the agent.</summary>
    ForeignAnswer = 23,

    /// <summary>The agent's challenge cannot be understood.</summary>
    BadChallenge = 30,

    /// <summary>The key file that the challenge names is not one that the agent makes.</summary>
    KeyFileRefused = 31,

    /// <summary>The caller may not read the agent's key files.</summary>
    KeyAccessDenied = 32,

    /// <summary>The agent refused the key.</summary>
    KeyRejected = 33,

    /// <summary>The machine has no such identity.</summary>
    IdentityNotFound = 40,

    /// <summary>The agent answered with another identity than the one asked for.</summary>
    SelectorNotHonoured = 41,

    /// <summary>The agent answered with an error.</summary>
    AgentError = 50,

    /// <summary>The agent's answer cannot be understood.</summary>
    BadResponse = 51,

    /// <summary>The time given for the call has run out.</summary>
    Timeout = 60,

    /// <summary>The call was cancelled.</summary>
    Cancelled = 61,

    /// <summary>A fault of the library itself.</summary>
    Internal = 90,
}
