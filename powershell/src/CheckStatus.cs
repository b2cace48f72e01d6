namespace ArcToken;

/// <summary>The outcome of a check.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such an enum, and the numbers of any other.</remarks>
public enum CheckStatus : long
{
    /// <summary>All is well.</summary>
    Pass,

    /// <summary>It works, but the user should know about it.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Fail,

    /// <summary>It was not checked; the detail says why.</summary>
    Skip,
}
