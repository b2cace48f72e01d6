using System.Management.Automation;
using ArcToken.Az;

namespace ArcToken.Commands;

/// <summary>Undoes <c>Enable-ArcAzCredential</c>. Does nothing where that was not done.</summary>
[Cmdlet(VerbsLifecycle.Disable, "ArcAzCredential", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisableArcAzCredentialCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ShouldProcess(AzAccounts.ConnectName, "Take -AccessTokenCredential away in this session"))
        {
            ConnectProxySwitch.Disable();
        }
    }
}
