using System;
using System.Management.Automation;
using ArcToken.Completers;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>Gets tokens of this machine's managed identity from the Azure Connected Machine agent.</summary>
/// <remarks>
/// Only the default output is declared: completion offers the members of all declared types at once, also those of a SecureString.
/// </remarks>
[Cmdlet(VerbsCommon.Get, "ArcToken", HelpUri = OnlineHelp.None + "Get-ArcToken")]
[OutputType(typeof(AccessToken))]
public sealed partial class GetArcTokenCommand : TokenCmdletBase
{
    private static readonly string?[] nothing = { null };

    private readonly ResourceChoice choice;

    /// <summary>Makes the cmdlet.</summary>
    public GetArcTokenCommand() => choice = new ResourceChoice(this);

    /// <summary>The resources to get tokens for: audiences of Azure services.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ResourceUrl", "ResourceUri")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    [AudienceText]
    public string?[]? Resource { get; set; }

    /// <summary>The services to get tokens for, by the names that Az gives them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ResourceTypeNameCompleter))]
    public string?[]? ResourceTypeName { get; set; }

    /// <summary>The cloud in which <see cref="ResourceTypeName"/> is looked up.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>The tenant that the token must be of. An identity has one tenant, so that there is nothing to choose.</summary>
    [Parameter]
    [Alias("Tenant")]
    [ValidateNotNullOrEmpty]
    public string? TenantId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            WriteTokens(Wanted());
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, null));
        }
    }

    private WantedResource[] Wanted()
    {
        bool hasResource = IsGiven(nameof(Resource));

        // A row of a table can have both columns, and an empty cell in one of them.
        bool hasName = IsGiven(nameof(ResourceTypeName)) && !(hasResource && IsBlank(ResourceTypeName));
        hasResource &= !(hasName && IsBlank(Resource));

        // An empty text goes to the library, too: its error says what is wrong, and the others get their tokens.
        return choice.IsByResource(hasResource, hasName, Environment)
            ? Array.ConvertAll(Resource ?? nothing, resource => WantedResource.Exactly(resource ?? string.Empty))
            : hasName
                ? Array.ConvertAll(ResourceTypeName ?? nothing, name => WantedResource.Of(name ?? string.Empty, Environment))
                : new[] { WantedResource.Of(null, Environment) };
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private static bool IsBlank(string?[]? texts) => texts is null || Array.TrueForAll(texts, string.IsNullOrEmpty);

    // Several are asked for at the same time, and written in the order in which they are given.
    private void WriteTokens(WantedResource[] wanted)
    {
        using TokenRequests? requests = wanted.Length > 1 ? new TokenRequests(this, wanted) : null;
        for (int i = 0; i < wanted.Length; i++)
        {
            WriteToken(wanted[i], requests, i);
        }
    }

    private void WriteToken(WantedResource wanted, TokenRequests? requests, int index)
    {
        object output;
        try
        {
            using TokenHandle token = requests?.Take(index) ?? RequestToken(wanted);
            RequireTenant(token);
            output = InChosenForm(token);
        }
        catch (ArcTokenException e)
        {
            WriteError(e.ToErrorRecord(this, wanted.Text));
            return;
        }

        WriteObject(output);
    }

    private void RequireTenant(TokenHandle token)
    {
        if (TenantId is not null && token.TenantId is var tenant && !TenantId.Equals(tenant, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument,
                tenant is null ? "The token does not say of which tenant it is." : $"The token is of the tenant {tenant}, not of {TenantId}.",
                "A machine's identity has one tenant only. Leave -TenantId out to get its token.");
        }
    }
}
