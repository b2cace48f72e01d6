namespace ArcToken.Native;

/// <summary>What a request is for. Each comes to an answer of its own.</summary>
internal enum RequestPurpose
{
    /// <summary>A token: a <see cref="ResultHandle"/>.</summary>
    Token,

    /// <summary>The checks of the agent: a <see cref="TableHandle"/> with a row for each.</summary>
    Check,

    /// <summary>The machine's metadata: a <see cref="TableHandle"/> with a row for it, and one for each tag.</summary>
    Machine,
}
