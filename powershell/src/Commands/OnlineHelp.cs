namespace ArcToken.Commands;

/// <summary>What <c>Get-Help -Online</c> gets, as long as there is no page of ours.</summary>
internal static class OnlineHelp
{
    /// <summary>
    /// To be followed by the name of a command. PowerShell opens http and https alone, and shows any other address in its error: this
    /// one says where the help is.
    /// </summary>
    internal const string None = "local-help:Get-Help%20-Full%20";
}
