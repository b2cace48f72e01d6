using System.Management.Automation;
using ArcToken.Az;

namespace ArcToken.Commands;

/// <summary>Undoes <c>Enable-ArcAzCredential</c>. Does nothing if that was never called.</summary>
[Cmdlet(VerbsLifecycle.Disable, "ArcAzCredential", SupportsShouldProcess = true, HelpUri = OnlineHelp.None + "Disable-ArcAzCredential")]
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
