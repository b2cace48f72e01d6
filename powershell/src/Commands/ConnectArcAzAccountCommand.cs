using System.Collections;
using System.Management.Automation;
using ArcToken.Az;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Logs in to Azure PowerShell as this machine: with a token, or by Az's own way with the agent found for it.</summary>
[Cmdlet(VerbsCommunications.Connect, "ArcAzAccount", DefaultParameterSetName = RequestSet, SupportsShouldProcess = true)]
[OutputType("Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile")]
public sealed partial class ConnectArcAzAccountCommand : AzAccountCommand
{
    private const string RequestSet = "Request";
    private const string InputObjectSet = "InputObject";
    private const string CredentialSet = "AccessTokenCredential";
    private const string IdentitySet = "Identity";

    /// <summary>A token for Azure Resource Manager that was had before.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [AllowNull]
    [TokenCarrier(AsNull = true)]
    public AccessToken? InputObject { get; set; }

    /// <summary>Such a token in a credential.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = CredentialSet)]
    [TokenCarrier]
    public PSCredential? AccessTokenCredential { get; set; }

    /// <summary>Let Az get its tokens from the agent by itself.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdentitySet)]
    public SwitchParameter Identity { get; set; }

    /// <summary>Add a token for Key Vault.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    public SwitchParameter KeyVault { get; set; }

    /// <summary>Add a token for Microsoft Graph.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    public SwitchParameter MicrosoftGraph { get; set; }

    /// <summary>Ask Azure nothing: take tenant and subscription as they are given, or else from the token.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = InputObjectSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    public SwitchParameter SkipValidation { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            CmdletInfo connect = AzAccounts.FindConnect(this);
            Hashtable parameters = GivenParameters();
            AddLogin(parameters);
            WriteVerbose(
                $"{connect.Name} is that of the module {connect.ModuleName} {connect.Module?.Version}, {connect.Module?.Path}.");
            AzAccounts.Invoke(this, connect, parameters);
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, null));
        }
    }

    private void AddLogin(Hashtable parameters)
    {
        switch (ParameterSetName)
        {
            case IdentitySet:
                AgentEnvironment.Offer(this);
                parameters["Identity"] = true;
                break;
            case InputObjectSet:
                AccessToken token = InputObject ?? throw TokenCarrierAttribute.Refusal();
                token.RequireResourceManager(Environment);
                Login(token, token.SubscriptionId).AddTo(parameters, SkipValidation);
                break;
            case CredentialSet:
                AzLogin.Of(AccessTokenCredential!, Environment).AddTo(parameters, SkipValidation);
                break;
            case RequestSet when IsWhatIf:
                AzLogin.OfNobody.AddTo(parameters, skipValidation: false);
                break;
            default:
                AddRequested(parameters);
                break;
        }
    }

    private void AddRequested(Hashtable parameters)
    {
        using AccessToken token = Request(Environment is null
            ? Audiences.ResourceManager
            : Audiences.Find(Audiences.ResourceManagerName, Environment));
        string? subscription = token.SubscriptionId ?? (SkipValidation && Subscription is null ? MachineSubscription() : null);
        Login(token, subscription).AddTo(parameters, SkipValidation);
        AddOther(parameters, KeyVault, "KeyVaultAccessToken", "KeyVault");
        AddOther(parameters, MicrosoftGraph, "MicrosoftGraphAccessToken", "MSGraph");
    }

    private void AddOther(Hashtable parameters, bool wanted, string parameter, string name)
    {
        if (wanted)
        {
            using AccessToken token = Request(Audiences.Find(name, Environment));
            parameters[parameter] = token.PlainToken();
        }
    }

    private AccessToken Request(string resource)
    {
        using ResultHandle result = RequestToken(resource);
        return result.ToAccessToken();
    }

    // A token that does not name its machine's subscription serves a login all the same.
    private string? MachineSubscription()
    {
        try
        {
            return RequestMachine().SubscriptionId;
        }
        catch (ArcTokenException e)
        {
            WriteVerbose("The agent does not tell the machine's subscription: " + e.Message);
            return null;
        }
    }

    private static AzLogin Login(AccessToken token, string? subscription) =>
        new(token.PlainToken(), token.UserId, token.TenantId, subscription);
}
