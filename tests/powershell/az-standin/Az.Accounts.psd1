# The manifest of the stand-in. It has the real module's name and structure: a script module with an assembly.
@{
    RootModule        = 'Az.Accounts.psm1'
    ModuleVersion     = '0.0.1'
    GUID              = '6d2a3a54-3f1c-4c59-9d4c-5c1f0a2a7c11'
    Author            = 'The ArcToken authors'
    Description       = 'A stand-in for Az.Accounts, for the tests of ArcToken. Not the real module.'
    PowerShellVersion = '5.1'
    NestedModules     = @('AzStandIn.dll')
    CmdletsToExport   = @('Connect-AzAccount')
    # The real one is a cmdlet.
    FunctionsToExport = @('Get-AzContext')
    VariablesToExport = @()
    AliasesToExport   = @('Login-AzAccount', 'Login-AzureRmAccount', 'Add-AzAccount')
}
