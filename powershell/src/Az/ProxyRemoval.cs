using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>Nothing of this module is left behind in a session that removes it.</summary>
public sealed class ProxyRemoval : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => ConnectProxySwitch.Disable();
}
