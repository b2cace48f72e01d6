using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// Refuses what is neither a token object nor a credential without showing it. PowerShell's own refusal shows the text that
/// it could not convert: a token, when somebody got its form wrong.
/// </summary>
public sealed class TokenCarrierAttribute : ArgumentTransformationAttribute
{
    private const string Message =
        "What was given is neither a token nor a credential. It is not shown, because it may be a secret.";

    /// <summary>
    /// Makes null of it, so that the command itself refuses it: of what comes through the pipeline, the error record of any
    /// other refusal would keep it. Only one of the parameters that take pipeline input can do so.
    /// </summary>
    public bool AsNull { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is AccessToken or PSCredential)
        {
            return inputData;
        }

        // With this exception inside, a parameter that takes pipeline input leaves the object to others.
        return AsNull ? null : throw new ArgumentTransformationMetadataException(Message, new PSInvalidCastException(Message));
    }

    /// <summary>What the command says that was given null.</summary>
    internal static ArcTokenException Refusal() => new(
        ArcTokenStatus.InvalidArgument,
        Message,
        "Give what Get-ArcToken writes, or a credential that Get-ArcToken -AsCredential made.");
}
