using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>Gets what the agent says of this machine.</summary>
[Cmdlet(VerbsCommon.Get, "ArcMachine")]
[OutputType(typeof(ArcMachine))]
public sealed class GetArcMachineCommand : AgentRequestCommand
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
