using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using Microsoft.Azure.Commands.Profile.Models.Core;

namespace AzStandIn;

/// <summary>
/// Stands in for Az's Connect-AzAccount. It has the parameters of the real cmdlet, and like that it uses a token to ask Azure
/// Resource Manager for tenants and subscriptions. It stores nothing.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "AzAccount", DefaultParameterSetName = UserSet, SupportsShouldProcess = true)]
[OutputType(typeof(PSAzureProfile))]
public sealed partial class ConnectAzAccountCommand : PSCmdlet
{
    private readonly ManualResetEvent stopping = new(false);

    protected override void ProcessRecord()
    {
        bool go = ShouldProcess("Azure", "log in");
        bool? logged = MyInvocation.MyCommand.Module?.LogPipelineExecutionDetails;
        Recorder.Calls.Add(new Call(ParameterSetName, new Dictionary<string, object>(MyInvocation.BoundParameters), go, logged));
        if (!go)
        {
            return;
        }

        WriteVerbose("The stand-in logs in.");
        WriteDebug("The stand-in's debug text.");
        WriteWarning("The stand-in is not the real Az.Accounts.");
        WriteInformation("The stand-in's information.", null);
        WriteProgress(new ProgressRecord(1, "The stand-in logs in", "…") { RecordType = ProgressRecordType.Completed });
        if (ContextName == "wait for ever")
        {
            stopping.WaitOne();
            return;
        }

        var profile = new PSAzureProfile();
        profile.Context.Account.Type = ParameterSetName == AccessTokenSet ? "AccessToken" : ParameterSetName;
        profile.Context.Account.Id = AccountId;
        profile.Context.Tenant.Id = Tenant;
        profile.Context.Subscription.Id = Subscription;
        if (ParameterSetName == AccessTokenSet && !Use(profile.Context))
        {
            return;
        }

        Recorder.Context = profile.Context;
        WriteObject(profile);
    }

    protected override void StopProcessing() => stopping.Set();

    // Returns false after an error, which it has written.
    private bool Use(PSAzureContext context)
    {
        if (SkipValidation)
        {
            return Tenant is not null && Guid.TryParse(Subscription, out _)
                ? true
                : throw new PSInvalidOperationException("SkipValidation needs a tenant and the id of a subscription.");
        }

        try
        {
            var azure = new ResourceManager(AccessToken!);
            context.Tenant.Id ??= azure.FirstTenant();
            context.Subscription.Id = Subscription is null ? azure.FirstSubscription() : azure.Subscription(Subscription);
            return true;
        }
        catch (System.Net.WebException e)
        {
            WriteError(new ErrorRecord(e, "LoginFailed", ErrorCategory.AuthenticationError, null));
            return false;
        }
    }
}
