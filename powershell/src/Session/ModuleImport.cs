using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ArcToken.Session;

/// <summary>What happens when PowerShell imports the module, besides what the manifest says.</summary>
public sealed class ModuleImport : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport()
    {
        _ = FirstCall.Preparation;
        SessionTypes.Set(TokenTypeData.All(), Runspace.DefaultRunspace);
        SessionViews.Add(Views.All, Runspace.DefaultRunspace);
        SecondCopy.Warn();
    }
}
