using System.Management.Automation;

namespace EmptyModule;

/// <summary>What <c>Get-Nothing</c> writes.</summary>
public sealed class Nothing
{
}

/// <summary>Does nothing but write an object: what any cmdlet costs at least.</summary>
[Cmdlet(VerbsCommon.Get, "Nothing")]
[OutputType(typeof(Nothing))]
public sealed class GetNothingCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(new Nothing());
}
