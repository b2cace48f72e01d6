namespace ArcToken;

/// <summary>What came of a check.</summary>
public enum CheckStatus
{
    /// <summary>All is well.</summary>
    Pass,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Fail,

    /// <summary>It was not checked; the detail says why.</summary>
    Skip,
}
