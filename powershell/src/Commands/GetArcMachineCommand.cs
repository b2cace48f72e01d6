using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>Gets the agent's description of this machine.</summary>
[Cmdlet(VerbsCommon.Get, "ArcMachine", HelpUri = OnlineHelp.None + "Get-ArcMachine")]
[OutputType(typeof(ArcMachine))]
public sealed class GetArcMachineCommand : AgentCmdletBase
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        ArcMachine machine;
        try
        {
            machine = RequestMachine();
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, null));
            return;
        }

        WriteObject(machine);
    }
}
