using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// Accepts a token object or a credential, and refuses any other value without showing it. PowerShell's own error shows the
/// value that it cannot convert, and that value may be a token in the wrong form.
/// </summary>
public sealed class TokenCarrierAttribute : ArgumentTransformationAttribute
{
    private const string Message =
        "What was given is neither a token nor a credential. It is not shown, because it may be a secret.";

    /// <summary>
    /// Turns a refused value into null, so that the command itself refuses it. For pipeline input, the error record of any
    /// other refusal keeps the value. Only one of the parameters that take pipeline input can have this.
    /// </summary>
    public bool AsNull { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is AccessToken or PSCredential)
        {
            return inputData;
        }

        // With this inner exception, PowerShell offers a pipeline object to the other parameters, too.
        return AsNull ? null : throw new ArgumentTransformationMetadataException(Message, new PSInvalidCastException(Message));
    }

    /// <summary>The error of a command that got null from this attribute.</summary>
    internal static ArcTokenException Refusal() => new(
        ArcTokenStatus.InvalidArgument,
        Message,
        "Give what Get-ArcToken writes, or a credential that Get-ArcToken -AsCredential made.");
}
