# As in the real module, the aliases mean a name, not a cmdlet.
Set-Alias Login-AzAccount Connect-AzAccount
Set-Alias Login-AzureRmAccount Connect-AzAccount
Set-Alias Add-AzAccount Connect-AzAccount
Export-ModuleMember -Cmdlet Connect-AzAccount -Alias Login-AzAccount, Login-AzureRmAccount, Add-AzAccount
