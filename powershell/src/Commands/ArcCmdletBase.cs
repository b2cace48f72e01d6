using System;
using System.Collections.Generic;
using System.Management.Automation;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// The base of cmdlets that use the native library. It loads the library, ends a waiting call at once on Ctrl-C, and
/// writes the steps of an exchange to the verbose and debug streams.
/// </summary>
public abstract class ArcCmdletBase : PSCmdlet
{
    // The wait is cut into slices, so that a progress record can be written in between. An answer and Ctrl-C end a slice early.
    private const uint SliceMilliseconds = 100;

    private readonly object gate = new();
    private readonly List<NativeRequest> current = new(1);
    private volatile bool stopped;

    /// <summary>Has the native library bound. What is wrong with it is told here and not by the import, which never fails.</summary>
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

    /// <summary>Cancels all requests under way. PowerShell calls this on another thread while the pipeline's thread waits.</summary>
    protected override void StopProcessing()
    {
        lock (gate)
        {
            stopped = true;
            current.ForEach(request => request.Cancel());
        }
    }

    /// <summary>Sends a request and waits for its result.</summary>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    private protected TAnswer Send<TAnswer>(NativeRequest request, string activity)
        where TAnswer : AnswerHandle
    {
        Watch(request);
        try
        {
            return Finish<TAnswer>(request, request.Start(), activity);
        }
        finally
        {
            Forget(request);
        }
    }

    /// <summary>Waits for the result of a request that was started.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">Its answer, if it is there already. This method owns it.</param>
    /// <param name="activity">What the progress record says.</param>
    /// <param name="meanwhile">What else is to be done, now and then.</param>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    internal TAnswer Finish<TAnswer>(NativeRequest request, AnswerHandle? answer, string activity, Action? meanwhile = null)
        where TAnswer : AnswerHandle
    {
        try
        {
            using (var progress = new WaitingProgress(this, activity))
            {
                while (answer is null)
                {
                    progress.Tick();
                    answer = request.Wait(SliceMilliseconds);
                    meanwhile?.Invoke();
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
    }

    /// <summary>Has a request that is about to start cancelled with the pipeline.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline is being stopped.</exception>
    internal void Watch(NativeRequest request)
    {
        lock (gate)
        {
            ThrowIfStopped();
            current.Add(request);
        }
    }

    /// <summary>Ends what <see cref="Watch"/> began.</summary>
    internal void Forget(NativeRequest request)
    {
        lock (gate)
        {
            current.Remove(request);
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
