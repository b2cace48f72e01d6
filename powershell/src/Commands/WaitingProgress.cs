using System;
using System.Diagnostics;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>The progress record of a waiting call. It appears after one second: most calls take a few milliseconds.</summary>
internal sealed class WaitingProgress : IDisposable
{
    // The number is arbitrary, but not small: other commands use small ones for nested progress.
    private const int ActivityId = 40342;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Cmdlet command;
    private readonly string activity;
    private readonly Stopwatch waiting = Stopwatch.StartNew();
    private TimeSpan next = Interval;

    internal WaitingProgress(Cmdlet command, string activity)
    {
        this.command = command;
        this.activity = activity;
    }

    /// <summary>Writes a record if one more second has passed. To be called often.</summary>
    internal void Tick()
    {
        if (waiting.Elapsed >= next)
        {
            Write(ProgressRecordType.Processing);
            next = waiting.Elapsed + Interval;
        }
    }

    /// <summary>Removes the record, if one was shown.</summary>
    public void Dispose()
    {
        if (next > Interval)
        {
            Write(ProgressRecordType.Completed);
        }
    }

    // Each call makes a new record, because the host may keep the earlier ones.
    private void Write(ProgressRecordType type) => command.WriteProgress(
        new ProgressRecord(ActivityId, activity, "Waiting for the Azure Connected Machine agent")
        {
            CurrentOperation = $"{waiting.Elapsed.TotalSeconds:0} s",
            RecordType = type,
        });
}
