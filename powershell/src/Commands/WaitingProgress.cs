using System;
using System.Diagnostics;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>A progress record for a call that takes longer than a second; most take a few milliseconds.</summary>
internal sealed class WaitingProgress : IDisposable
{
    // Any number will do; nested progress of other commands uses small ones.
    private const int ActivityId = 40342;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Cmdlet command;
    private readonly string activity;
    private readonly Stopwatch waiting = Stopwatch.StartNew();
    private TimeSpan next = Patience;

    internal WaitingProgress(Cmdlet command, string activity)
    {
        this.command = command;
        this.activity = activity;
    }

    /// <summary>To be called now and then: writes a record when a further second has gone by.</summary>
    internal void Tick()
    {
        if (waiting.Elapsed >= next)
        {
            Write(ProgressRecordType.Processing);
            next = waiting.Elapsed + Patience;
        }
    }

    /// <summary>Takes the record away again, if one was ever shown.</summary>
    public void Dispose()
    {
        if (next > Patience)
        {
            Write(ProgressRecordType.Completed);
        }
    }

    // A new record each time: what was written belongs to whoever shows or keeps it.
    private void Write(ProgressRecordType type) => command.WriteProgress(
        new ProgressRecord(ActivityId, activity, "Waiting for the Azure Connected Machine agent")
        {
            CurrentOperation = $"{waiting.Elapsed.TotalSeconds:0} s",
            RecordType = type,
        });
}
