using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// What every command that asks the agent shares: the native library is there, Ctrl-C ends a waiting call at once,
/// and the steps taken go to the verbose and debug streams.
/// </summary>
public abstract class ArcTokenCommand : PSCmdlet
{
    // Between two slices a progress record can be written. Neither an answer nor Ctrl-C waits for a slice to end.
    private const uint SliceMilliseconds = 100;

    private readonly object gate = new();
    private TokenRequest? current;
    private volatile bool stopped;

    /// <summary>Not before here does anything look for the native library: importing the module never fails.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            NativeLoader.EnsureLoaded();
        }
        catch (ArcTokenException e)
        {
            ThrowTerminatingError(e.ToErrorRecord(this, null));
        }
    }

    /// <summary>Comes on a thread of its own while the pipeline's thread waits.</summary>
    protected override void StopProcessing()
    {
        lock (gate)
        {
            stopped = true;
            current?.Cancel();
        }
    }

    /// <summary>Sends a request and waits for its result.</summary>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    private protected TAnswer Send<TAnswer>(TokenRequest request, string activity)
        where TAnswer : AnswerHandle
    {
        AnswerHandle? answer = null;
        try
        {
            Watch(request);
            ThrowIfStopped();
            using (var progress = new WaitingProgress(this, activity))
            {
                answer = request.Start();
                while (answer is null)
                {
                    progress.Tick();
                    answer = request.Wait(SliceMilliseconds);
                }
            }

            ThrowIfStopped();
            this.WriteLog(answer);
            return answer as TAnswer ?? throw ((ErrorHandle)answer).ToException();
        }
        catch
        {
            answer?.Dispose();
            throw;
        }
        finally
        {
            Watch(null);
        }
    }

    // From here on, stopping the pipeline cancels this request.
    private void Watch(TokenRequest? request)
    {
        lock (gate)
        {
            current = request;
        }
    }

    private void ThrowIfStopped()
    {
        if (stopped)
        {
            throw new PipelineStoppedException();
        }
    }
}
