using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ArcToken.Az;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// Logs in to Azure PowerShell as this machine: with a token, or by Az's own -Identity, which it helps to find the agent.
/// </summary>
[Cmdlet(
    VerbsCommunications.Connect,
    "ArcAzAccount",
    DefaultParameterSetName = RequestSet,
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.None + "Connect-ArcAzAccount")]
[OutputType("Microsoft.Azure.Commands.Profile.Models.Core.PSAzureProfile")]
public sealed partial class ConnectArcAzAccountCommand : AzAccountCmdletBase
{
    private const string RequestSet = "Request";
    private const string InputObjectSet = "InputObject";
    private const string CredentialSet = "AccessTokenCredential";
    private const string IdentitySet = "Identity";

    /// <summary>An existing token for Azure Resource Manager.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [Alias("AccessToken")]
    [AllowNull]
    [TokenCarrier(AsNull = true)]
    public AccessToken? InputObject { get; set; }

    /// <summary>An existing token for Azure Resource Manager, in a credential.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = CredentialSet)]
    [TokenCarrier]
    public PSCredential? AccessTokenCredential { get; set; }

    /// <summary>Let Az itself get its tokens from the agent.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdentitySet)]
    public SwitchParameter Identity { get; set; }

    /// <summary>Add a token for Key Vault.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public SwitchParameter KeyVault { get; set; }

    /// <summary>Add a token for Microsoft Graph.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public SwitchParameter MicrosoftGraph { get; set; }

    /// <summary>Send nothing to Azure: take tenant and subscription from the parameters, or from the token.</summary>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = InputObjectSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public SwitchParameter SkipValidation { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            CmdletInfo connect = AzAccounts.FindConnect(this);
            Hashtable parameters = GivenParameters();
            AzLogin? login = Login(parameters);
            AzAccounts.RequireParameters(connect, parameters);
            WriteVerbose(
                $"{connect.Name} is that of the module {connect.ModuleName} {connect.Module?.Version}, {connect.Module?.Path}.");
            if (login is null)
            {
                AzAccounts.Invoke(this, connect, parameters);
                return;
            }

            login.CompareTenant(this, parameters);
            if (AzAccounts.InvokeWithToken(this, connect, parameters) && !IsWhatIf)
            {
                login.Announce(this, parameters);
            }
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, null));
        }
    }

    // Adds the login's parameters. Null where Az gets its tokens itself.
    private AzLogin? Login(Hashtable parameters)
    {
        // A caller can write -Identity:$false.
        if (ParameterSetName == IdentitySet && Identity)
        {
            RefuseRequestParameters();
            AgentEnvironment.SetForProcess(this);
            parameters["Identity"] = true;
            return null;
        }

        AzLogin login = ParameterSetName switch
        {
            InputObjectSet => LoginWith(InputObject ?? throw TokenCarrierAttribute.Refusal()),
            CredentialSet => AzLogin.Of(AccessTokenCredential!, Environment),
            _ when IsWhatIf => AzLogin.ForWhatIf,
            _ => RequestLogin(parameters),
        };
        login.AddTo(parameters, SkipValidation && login != AzLogin.ForWhatIf);
        return login;
    }

    private AzLogin LoginWith(AccessToken token)
    {
        token.RequireResourceManager(Environment);
        return LoginOf(token, token.SubscriptionId);
    }

    // The tokens for all services are asked for at the same time.
    private AzLogin RequestLogin(Hashtable parameters)
    {
        var services = new List<(string Name, string Parameter)>();
        if (KeyVault)
        {
            services.Add(("KeyVault", "KeyVaultAccessToken"));
        }

        if (MicrosoftGraph)
        {
            services.Add(("MSGraph", "MicrosoftGraphAccessToken"));
        }

        IEnumerable<WantedResource> wanted = services.Select(service => WantedResource.Of(service.Name, Environment));
        using var requests = new TokenRequests(this, wanted.Prepend(WantedResource.Of(null, Environment)).ToArray());

        using TokenHandle handle = requests.Take(0);
        using AccessToken token = handle.ToAccessToken();
        for (int i = 0; i < services.Count; i++)
        {
            using TokenHandle service = requests.Take(i + 1);
            parameters[services[i].Parameter] = service.PlainToken();
        }

        return LoginOf(token, token.SubscriptionId ?? (SkipValidation && Subscription is null ? MachineSubscription() : null));
    }

    // Returns null on failure: a login works without the subscription, too.
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

    private static AzLogin LoginOf(AccessToken token, string? subscription) =>
        new(token.PlainToken(), token.UserId, token.TenantId, subscription, token.ExpiresOn) { Audience = token.Resource };
}
