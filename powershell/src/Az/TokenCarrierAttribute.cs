using System.Management.Automation;

namespace ArcToken.Az;

/// <summary>
/// Refuses what is neither a token object nor a credential without showing it. PowerShell's own refusal shows the text
/// that it could not convert, which is a token when somebody got its form wrong.
/// </summary>
public sealed class TokenCarrierAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is null or AccessToken or PSCredential
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                "What was given is neither a token that Get-ArcToken wrote nor a credential that Get-ArcToken -AsCredential "
                    + "made. It is not shown here, because it may be a secret.");
}
