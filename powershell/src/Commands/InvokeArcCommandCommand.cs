using System;
using System.Management.Automation;
using ArcToken.Completers;
using ArcToken.Exec;

namespace ArcToken.Commands;

/// <summary>Runs a block of script whose programs find the machine's identity as on an Azure VM or in App Service.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ArcCommand", HelpUri = OnlineHelp.None + "Invoke-ArcCommand")]
[OutputType(typeof(object))]
public sealed partial class InvokeArcCommandCommand : AgentCmdletBase
{
    private const string WarningMark = "arc-token: warning: ";
    private const string RequestMark = "arc-token: exec: HTTP ";
    private const string Mark = "arc-token: exec: ";

    /// <summary>The block.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Command")]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>The only audiences that the block gets tokens for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    [AudienceText]
    public string[]? AllowResource { get; set; }

    /// <summary>The only variables that are set, with those that belong to them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? EnvironmentVariable { get; set; }

    /// <summary>Have a program named <c>az</c> first on the PATH, which prints tokens.</summary>
    [Parameter]
    public SwitchParameter Az { get; set; }

    /// <summary>Answer also processes that this one has not started.</summary>
    [Parameter]
    public SwitchParameter AnyProcess { get; set; }

    /// <summary>The client id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClientId { get; set; }

    /// <summary>The object id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ObjectId { get; set; }

    /// <summary>The Azure resource id of a user-assigned identity.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityResourceId { get; set; }

    /// <summary>Nothing: the native library is not needed here.</summary>
    protected override void BeginProcessing()
    {
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        TokenEndpoint? endpoint = null;
        try
        {
            using SessionEnvironment variables = Prepare(out endpoint);
            PassOn(endpoint);
            Run();
        }
        finally
        {
            endpoint?.Dispose();
            PassOn(endpoint);
        }
    }

    private SessionEnvironment Prepare(out TokenEndpoint? endpoint)
    {
        endpoint = null;
        try
        {
            endpoint = new TokenEndpoint(EndpointProgram.Find(this), Options());
            return new SessionEnvironment(endpoint.Set, endpoint.Removed);
        }
        catch (ArcTokenException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(this, null));
            throw;
        }
    }

    // A pipeline that writes into this cmdlet's own: programs of the block keep the terminal, as they would without the cmdlet. What
    // ScriptBlock.Invoke runs would have a pipe for its output.
    private void Run()
    {
        using SteppablePipeline block = ScriptBlock.Create("param($block) & $block").GetSteppablePipeline(CommandOrigin.Internal, new object?[] { ScriptBlock });
        block.Begin(this);
        block.End();
    }

    private void PassOn(TokenEndpoint? endpoint)
    {
        foreach (string line in endpoint?.Said() ?? Array.Empty<string>())
        {
            if (line.StartsWith(RequestMark, StringComparison.Ordinal))
            {
                WriteVerbose(line.Substring(Mark.Length));
            }
            else
            {
                string text = line.Replace(WarningMark, string.Empty).Replace(Mark, string.Empty);
                WriteWarning(text.Replace("--any-process", "-" + nameof(AnyProcess)).Replace("--allow-resource", "-" + nameof(AllowResource)));
            }
        }
    }
}
