using System.Management.Automation;

namespace EmptyModule;

/// <summary>The output of <c>Get-Nothing</c>.</summary>
public sealed class Nothing
{
}

/// <summary>Only writes an object. The benchmark measures with it the least cost of any cmdlet.</summary>
[Cmdlet(VerbsCommon.Get, "Nothing")]
[OutputType(typeof(Nothing))]
public sealed class GetNothingCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(new Nothing());
}
