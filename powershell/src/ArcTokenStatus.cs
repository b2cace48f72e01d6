namespace ArcToken;

/// <summary>The outcome of a call, with the names and numbers of the C header's status table.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such an enum, and the numbers of any other. The library's are of 32.</remarks>
public enum ArcTokenStatus : long
{
    /// <summary>
    /// The program arc-token, which makes the endpoint of Invoke-ArcCommand, is missing, has another version, or cannot make it. The library
    /// never reports this.
    /// </summary>
    EndpointUnavailable = -3,

    /// <summary>Az's module Az.Accounts is not installed, or cannot be loaded. The library never reports this.</summary>
    AzAccountsNotFound = -2,

    /// <summary>
    /// The native library beside the module is missing, cannot be loaded, or has another version.
    /// Values below zero belong to the module: the library never reports them.
    /// </summary>
    NativeLibraryUnavailable = -1,

    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call is not done yet.</summary>
    Pending = 1,

    /// <summary>An argument is invalid.</summary>
    InvalidArgument = 10,

    /// <summary>The agent's endpoint is not on this machine's loopback interface.</summary>
    EndpointRefused = 20,

    /// <summary>This is not an Arc-enabled machine.</summary>
    AgentNotInstalled = 21,

    /// <summary>The agent is installed, but nothing listens at its endpoint.</summary>
    AgentNotRunning = 22,

    /// <summary>The process that listens at the endpoint is not the agent.</summary>
    ForeignAnswer = 23,

    /// <summary>The agent's challenge is not valid.</summary>
    BadChallenge = 30,

    /// <summary>The challenge names a file that cannot be the agent's key file.</summary>
    KeyFileRefused = 31,

    /// <summary>The caller may not read the agent's key files.</summary>
    KeyAccessDenied = 32,

    /// <summary>The agent refused the key.</summary>
    KeyRejected = 33,

    /// <summary>The machine has no such identity.</summary>
    IdentityNotFound = 40,

    /// <summary>The agent answered for another identity than the requested one.</summary>
    SelectorNotHonoured = 41,

    /// <summary>The agent answered with an error.</summary>
    AgentError = 50,

    /// <summary>The agent's answer is not valid.</summary>
    BadResponse = 51,

    /// <summary>The call did not end within its time limit.</summary>
    Timeout = 60,

    /// <summary>The call was cancelled.</summary>
    Cancelled = 61,

    /// <summary>The library itself has a fault.</summary>
    Internal = 90,
}
