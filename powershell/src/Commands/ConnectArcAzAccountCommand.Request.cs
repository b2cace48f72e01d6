using System;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <content>How to ask for a token: parameters of the one set that asks.</content>
public sealed partial class ConnectArcAzAccountCommand
{
    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override string? ClientId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override string? ObjectId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override string? IdentityResourceId { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateRange(1, LongestTimeoutSec)]
    public override int? TimeoutSec { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    public override SwitchParameter ForceRefresh { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override Uri? Endpoint { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override string? KeyDirectory { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = RequestSet)]
    [ValidateNotNullOrEmpty]
    public override string? ApiVersion { get; set; }
}
