using System;
using System.Collections;
using System.Management.Automation;
using System.Security;
using ArcToken.Completers;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Gets tokens of this machine's managed identity from the Azure Connected Machine agent.</summary>
[Cmdlet(VerbsCommon.Get, "ArcToken", DefaultParameterSetName = TokenSet)]
[OutputType(typeof(AccessToken), ParameterSetName = new[] { TokenSet })]
[OutputType(typeof(string), ParameterSetName = new[] { PlainTextSet })]
[OutputType(typeof(SecureString), ParameterSetName = new[] { SecureStringSet })]
[OutputType(typeof(PSCredential), ParameterSetName = new[] { CredentialSet })]
[OutputType(typeof(Hashtable), ParameterSetName = new[] { HeaderSet, AzAccountParametersSet })]
public sealed class GetArcTokenCommand : TokenRequestCommand
{
    // One parameter set for each form that a token can be had in.
    private const string TokenSet = "Token";
    private const string PlainTextSet = "PlainText";
    private const string SecureStringSet = "SecureString";
    private const string CredentialSet = "Credential";
    private const string HeaderSet = "Header";
    private const string AzAccountParametersSet = "AzAccountParameters";

    /// <summary>What the tokens are for: the audience of an Azure service.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ResourceUrl", "ResourceUri")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    [UriAsWritten]
    public string?[]? Resource { get; set; }

    /// <summary>What the token is for, by the name that Az has for its audience.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceTypeNameCompleter))]
    public string? ResourceTypeName { get; set; }

    /// <summary>The cloud whose audience <see cref="ResourceTypeName"/> means.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Write the token itself, as a string, and nothing else.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PlainTextSet)]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Write the token alone, as a SecureString.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecureStringSet)]
    public SwitchParameter AsSecureString { get; set; }

    /// <summary>Write a credential: the account id as the user name, the token as the password.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CredentialSet)]
    public SwitchParameter AsCredential { get; set; }

    /// <summary>Write a hashtable with the header Authorization.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HeaderSet)]
    public SwitchParameter AsHeader { get; set; }

    /// <summary>Write a hashtable for <c>Connect-AzAccount @p</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AzAccountParametersSet)]
    public SwitchParameter AsAzAccountParameters { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Resource)))
        {
            WriteToken(NamedResource);
            return;
        }

        // The library says what is wrong with an empty resource, and the others still get their token.
        foreach (string? resource in Resource ?? new string?[] { null })
        {
            WriteToken(() => GivenResource(resource ?? string.Empty));
        }
    }

    private string NamedResource() => ResourceTypeName is null && Environment is null
        ? Audiences.ResourceManager
        : Audiences.Find(ResourceTypeName ?? Audiences.ResourceManagerName, Environment);

    private string GivenResource(string resource) => ResourceTypeName is null && Environment is null
        ? resource
        : throw new ArcTokenException(
            ArcTokenStatus.InvalidArgument,
            "-Resource is sent as it is given, so that -ResourceTypeName and -Environment do not go with it.",
            "Leave out -Resource, or the other two.");

    private void WriteToken(Func<string> resource)
    {
        string? target = null;
        object token;
        try
        {
            target = resource();
            using ResultHandle result = RequestToken(target);
            token = Form(result);
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, target));
            return;
        }

        WriteObject(token);
    }

    // A switch may be there and say no: -AsPlainText:$false.
    private object Form(ResultHandle result)
    {
        if (AsPlainText)
        {
            return result.PlainToken();
        }

        if (AsHeader)
        {
            return new Hashtable(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "Bearer " + result.PlainToken() };
        }

        AccessToken token = result.ToAccessToken();
        if (AsAzAccountParameters)
        {
            using (token)
            {
                return token.ToAzAccountParameters();
            }
        }

        return AsSecureString ? token.Token
            : AsCredential ? new PSCredential(token.UserId, token.Token)
            : token;
    }
}
