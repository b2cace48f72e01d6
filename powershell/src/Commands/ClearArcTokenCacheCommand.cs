using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Wipes the tokens that the native library caches for this process.</summary>
[Cmdlet(VerbsCommon.Clear, "ArcTokenCache", HelpUri = OnlineHelp.None + "Clear-ArcTokenCache")]
[OutputType(typeof(void))]
public sealed class ClearArcTokenCacheCommand : ArcCmdletBase
{
    /// <inheritdoc/>
    protected override void EndProcessing() => NativeMethods.arc_token_cache_clear();
}
