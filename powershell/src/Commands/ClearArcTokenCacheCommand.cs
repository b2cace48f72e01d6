using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Wipes and forgets the tokens that the native library keeps for this process.</summary>
[Cmdlet(VerbsCommon.Clear, "ArcTokenCache")]
[OutputType(typeof(void))]
public sealed class ClearArcTokenCacheCommand : ArcTokenCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing() => NativeMethods.arc_token_cache_clear();
}
