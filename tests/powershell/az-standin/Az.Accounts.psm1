# The script part of the stand-in. As in the real module, the aliases stand for a name and not for the cmdlet itself.
Set-Alias Login-AzAccount Connect-AzAccount
Set-Alias Login-AzureRmAccount Connect-AzAccount
Set-Alias Add-AzAccount Connect-AzAccount

# The context of the last login. Like the real one, each call makes a new object.
function Get-AzContext {
    $last = [AzStandIn.Recorder]::Context
    if ($last) {
        $context = [Microsoft.Azure.Commands.Profile.Models.Core.PSAzureContext]::new()
        $context.Account.Id, $context.Account.Type = $last.Account.Id, $last.Account.Type
        $context.Tenant.Id, $context.Subscription.Id = $last.Tenant.Id, $last.Subscription.Id
        $context
    }
}

Export-ModuleMember -Function Get-AzContext -Cmdlet Connect-AzAccount -Alias Login-AzAccount, Login-AzureRmAccount, Add-AzAccount
