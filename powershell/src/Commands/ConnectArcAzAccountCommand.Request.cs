using System;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace ArcToken.Commands;

/// <content>
/// The parameters for requesting a token. They belong to one parameter set only; with -Identity they are taken so that they can be refused
/// with a word on why.
/// </content>
public sealed partial class ConnectArcAzAccountCommand
{
    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override string? ClientId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override string? ObjectId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override string? IdentityResourceId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateRange(1, LongestTimeoutSec)]
    public override int? TimeoutSec { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public override SwitchParameter ForceRefresh { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override Uri? Endpoint { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override string? KeyDirectory { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    [ValidateNotNullOrEmpty]
    public override string? ApiVersion { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public override SwitchParameter RequireIdentifiedAgent { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public override SwitchParameter AllowUnidentifiedAgent { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [Parameter(ParameterSetName = IdentitySet, DontShow = true)]
    public override SwitchParameter WaitForAgent { get; set; }

    private void RefuseRequestParameters()
    {
        // Those that -Identity takes and does not show.
        string[] given = typeof(ConnectArcAzAccountCommand).GetProperties()
            .Where(property => property.GetCustomAttributes<ParameterAttribute>().Any(
                parameter => parameter.ParameterSetName == IdentitySet && parameter.DontShow))
            .Select(property => property.Name)
            .Where(name => MyInvocation.BoundParameters.TryGetValue(name, out object value) && value is not SwitchParameter { IsPresent: false })
            .Where(name => !SessionDefaults.Has(this, name)) // Those are meant for the other forms of this command.
            .Select(name => "-" + name).ToArray();
        if (given.Length > 0)
        {
            throw new ArcTokenException(
                ArcTokenStatus.InvalidArgument,
                $"-Identity does not go with {string.Join(", ", given)}: with it Az itself asks the agent, for the machine's own identity.",
                "Leave out one or the other. Without -Identity the login is with a token of this module.");
        }
    }
}
