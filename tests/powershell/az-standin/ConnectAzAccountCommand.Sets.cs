using System.Management.Automation;
using System.Security;

namespace AzStandIn;

/// <content>The parameters that belong to some of the eight sets, as documented for Az.Accounts 5.5.2.</content>
public sealed partial class ConnectAzAccountCommand
{
    private const string UserSet = "UserWithSubscriptionId";
    private const string ServicePrincipalSet = "ServicePrincipalWithSubscriptionId";
    private const string UserCredentialSet = "UserWithCredential";
    private const string CertificateSet = "ServicePrincipalCertificateWithSubscriptionId";
    private const string CertificateFileSet = "ServicePrincipalCertificateFileWithSubscriptionId";
    private const string ClientAssertionSet = "ClientAssertionParameterSet";
    private const string AccessTokenSet = "AccessTokenWithSubscriptionId";
    private const string ManagedServiceSet = "ManagedServiceLogin";

    [Parameter(ParameterSetName = AccessTokenSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? AccessToken { get; set; }

    [Parameter(ParameterSetName = AccessTokenSet, Mandatory = true)]
    [Parameter(ParameterSetName = UserSet)]
    [Parameter(ParameterSetName = ManagedServiceSet)]
    [ValidateNotNullOrEmpty]
    public string? AccountId { get; set; }

    [Parameter(ParameterSetName = AccessTokenSet)]
    [ValidateNotNullOrEmpty]
    public string? GraphAccessToken { get; set; }

    [Parameter(ParameterSetName = AccessTokenSet)]
    [ValidateNotNullOrEmpty]
    public string? MicrosoftGraphAccessToken { get; set; }

    [Parameter(ParameterSetName = AccessTokenSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyVaultAccessToken { get; set; }

    [Parameter(ParameterSetName = AccessTokenSet)]
    public SwitchParameter SkipValidation { get; set; }

    [Parameter(ParameterSetName = ManagedServiceSet, Mandatory = true)]
    [Alias("MSI", "ManagedService")]
    public SwitchParameter Identity { get; set; }

    [Parameter(ParameterSetName = ServicePrincipalSet, Mandatory = true)]
    [Parameter(ParameterSetName = UserCredentialSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public PSCredential? Credential { get; set; }

    [Parameter(ParameterSetName = CertificateSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificateThumbprint { get; set; }

    [Parameter(ParameterSetName = CertificateFileSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    [Parameter(ParameterSetName = CertificateFileSet)]
    [ValidateNotNullOrEmpty]
    public SecureString? CertificatePassword { get; set; }

    [Parameter(ParameterSetName = ClientAssertionSet, Mandatory = true)]
    [Alias("ClientAssertion")]
    [ValidateNotNullOrEmpty]
    public string? FederatedToken { get; set; }

    [Parameter(ParameterSetName = CertificateSet, Mandatory = true)]
    [Parameter(ParameterSetName = CertificateFileSet, Mandatory = true)]
    [Parameter(ParameterSetName = ClientAssertionSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? ApplicationId { get; set; }

    [Parameter(ParameterSetName = ServicePrincipalSet, Mandatory = true)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    [Parameter(ParameterSetName = ClientAssertionSet)]
    public SwitchParameter ServicePrincipal { get; set; }

    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = CertificateFileSet)]
    public SwitchParameter SendCertificateChain { get; set; }

    [Parameter(ParameterSetName = ServicePrincipalSet, Mandatory = true)]
    [Parameter(ParameterSetName = CertificateSet, Mandatory = true)]
    [Parameter(ParameterSetName = CertificateFileSet, Mandatory = true)]
    [Parameter(ParameterSetName = ClientAssertionSet, Mandatory = true)]
    [Parameter(ParameterSetName = UserSet)]
    [Parameter(ParameterSetName = UserCredentialSet)]
    [Parameter(ParameterSetName = AccessTokenSet)]
    [Parameter(ParameterSetName = ManagedServiceSet)]
    [Alias("Domain", "TenantId")]
    [ValidateNotNullOrEmpty]
    public string? Tenant { get; set; }

    [Parameter(ParameterSetName = UserSet)]
    [Parameter(ParameterSetName = UserCredentialSet)]
    [Parameter(ParameterSetName = ServicePrincipalSet)]
    [Parameter(ParameterSetName = CertificateSet)]
    [Parameter(ParameterSetName = ManagedServiceSet)]
    [Alias("AuthScopeTypeName")]
    [ValidateNotNullOrEmpty]
    public string? AuthScope { get; set; }

    [Parameter(ParameterSetName = UserSet)]
    [Alias("DeviceCode", "DeviceAuth", "Device")]
    public SwitchParameter UseDeviceAuthentication { get; set; }

    [Parameter(ParameterSetName = UserSet)]
    [ValidateNotNullOrEmpty]
    public string? ClaimsChallenge { get; set; }
}
