using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken;

/// <summary>What happens when PowerShell imports the module, besides what the manifest says.</summary>
public sealed class ModuleImport : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport()
    {
        NativeLoader.ReadAhead();
        TokenTypeData.Set();
        SecondCopy.Warn();
    }
}
