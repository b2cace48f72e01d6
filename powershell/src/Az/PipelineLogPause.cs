using System;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace ArcToken.Az;

/// <summary>
/// Takes the commands of a cmdlet's module out of PowerShell's log of pipelines (module logging), until it is disposed. That
/// log holds the value of each parameter. PowerShell looks at the flag when it starts a command.
/// </summary>
internal sealed class PipelineLogPause : IDisposable
{
    // The modules whose logging is paused now. Logins can be nested, and another runspace can import the same module object, so the
    // last pause of a module ends it.
    private static readonly ConditionalWeakTable<PSModuleInfo, Pauses> paused = new();

    private PSModuleInfo? module;

    private PipelineLogPause(PSModuleInfo? module) => this.module = module;

    /// <summary>Whether the module's commands are not logged now.</summary>
    internal bool IsEffective => module is { LogPipelineExecutionDetails: false };

    /// <summary>Whether the module's commands were logged before the pause.</summary>
    internal bool WasLogged { get; private set; }

    internal static PipelineLogPause Of(CmdletInfo cmdlet)
    {
        var pause = new PipelineLogPause(cmdlet.Module);
        if (pause.module is { } module)
        {
            lock (paused)
            {
                Pauses pauses = paused.GetValue(module, _ => new Pauses());
                pauses.Count++;
                pauses.WasLogged |= module.LogPipelineExecutionDetails;
                pause.WasLogged = pauses.WasLogged;
                module.LogPipelineExecutionDetails = false;
            }
        }

        return pause;
    }

    public void Dispose()
    {
        if (module is null)
        {
            return;
        }

        lock (paused)
        {
            if (paused.TryGetValue(module, out Pauses pauses) && --pauses.Count == 0)
            {
                paused.Remove(module);
                module.LogPipelineExecutionDetails |= pauses.WasLogged;
            }
        }

        module = null;
    }

    private sealed class Pauses
    {
        internal int Count { get; set; }

        internal bool WasLogged { get; set; }
    }
}
