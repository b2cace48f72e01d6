# The manifest of a module with one cmdlet that does nothing. The benchmark measures with it the cost of any module.
@{
    RootModule        = 'EmptyModule.dll'
    ModuleVersion     = '0.0.0'
    GUID              = '0f4fd7d5-6a3f-4f0c-9a0a-6f8d0a1b7c1e'
    CmdletsToExport   = @('Get-Nothing')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
