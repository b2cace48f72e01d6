using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Gets tokens of this machine's managed identity from the Azure Connected Machine agent.</summary>
[Cmdlet(VerbsCommon.Get, "ArcToken", DefaultParameterSetName = TokenSet)]
[OutputType(typeof(AccessToken), ParameterSetName = new[] { TokenSet })]
[OutputType(typeof(string), ParameterSetName = new[] { PlainTextSet })]
public sealed class GetArcTokenCommand : TokenRequestCommand
{
    // One parameter set for each form that a token can be had in.
    private const string TokenSet = "Token";
    private const string PlainTextSet = "PlainText";

    /// <summary>What the tokens are for: the audience of an Azure service.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ResourceUrl", "ResourceUri")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string?[]? Resource { get; set; } = { "https://management.azure.com/" };

    /// <summary>Write the token itself, as a string, and nothing else.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PlainTextSet)]
    public SwitchParameter AsPlainText { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The library says what is wrong with an empty resource, and the others still get their token.
        foreach (string? resource in Resource ?? new string?[] { null })
        {
            GetToken(resource ?? string.Empty);
        }
    }

    private void GetToken(string resource)
    {
        object token;
        try
        {
            using ResultHandle result = RequestToken(resource);
            token = AsPlainText ? result.PlainToken() : result.ToAccessToken();
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, resource));
            return;
        }

        WriteObject(token);
    }
}
