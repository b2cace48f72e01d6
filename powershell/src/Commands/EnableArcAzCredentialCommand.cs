using System.Management.Automation;
using ArcToken.Az;

namespace ArcToken.Commands;

/// <summary>Gives <c>Connect-AzAccount</c> the parameter <c>-AccessTokenCredential</c>, in this runspace.</summary>
[Cmdlet(VerbsLifecycle.Enable, "ArcAzCredential", SupportsShouldProcess = true, HelpUri = OnlineHelp.None + "Enable-ArcAzCredential")]
[OutputType(typeof(void))]
public sealed class EnableArcAzCredentialCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            CmdletInfo connect = AzAccounts.FindConnect(this);
            string text = ConnectProxy.TextFor(connect);
            if (ShouldProcess(AzAccounts.ConnectName, "Add -AccessTokenCredential in this session"))
            {
                ConnectProxySwitch.Enable(text, connect);
            }
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, null));
        }
    }
}
