@{
    # The build writes the version from Cargo.toml into these two. It is in the path of everything that a process loads and keeps open, so
    # that a newer module can be copied over this one while it is in use.
    RootModule             = 'lib/0.0.0/ArcToken.dll'
    ModuleVersion          = '0.0.0'
    GUID                   = 'e89b5394-7e6f-46ab-93ff-52e1eda2749c'
    Author                 = 'The ArcToken authors'
    CompanyName            = 'The ArcToken authors'
    Copyright              = '(c) The ArcToken authors. MIT licence.'
    Description            = 'Gets access tokens of an Azure Arc-enabled server''s managed identity from the Azure Connected Machine agent: for Connect-AzAccount and for everything else that takes a token. No dependencies.'

    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'

    CmdletsToExport        = @(
        'Get-ArcToken', 'Clear-ArcTokenCache', 'Test-ArcAgent', 'Get-ArcMachine',
        'Connect-ArcAzAccount', 'Enable-ArcAzCredential', 'Disable-ArcAzCredential', 'Invoke-ArcCommand'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()

    PrivateData            = @{
        PSData = @{
            Tags = @(
                'Azure', 'AzureArc', 'Arc', 'ManagedIdentity', 'MSI', 'Token', 'Authentication',
                'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux'
            )

            # The package of a release has them whole. Here each import would read them.
            ReleaseNotes = 'See CHANGELOG.md in the folder of the module.'
        }
    }
}
