namespace ArcToken.Native;

/// <summary>The purpose of a request. Each has its own kind of answer.</summary>
internal enum RequestPurpose
{
    /// <summary>A token: a <see cref="TokenHandle"/>.</summary>
    Token,

    /// <summary>The checks of the agent: a <see cref="TableHandle"/> with a row for each.</summary>
    Check,

    /// <summary>The machine's metadata: a <see cref="TableHandle"/> with one row for the machine and one for each tag.</summary>
    Machine,
}
