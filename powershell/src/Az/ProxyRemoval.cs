using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>Removes the proxy function when a session removes the module.</summary>
public sealed class ProxyRemoval : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => ConnectProxySwitch.Disable();
}
