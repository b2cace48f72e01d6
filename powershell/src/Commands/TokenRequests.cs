using System;
using System.Collections.Generic;
using System.Linq;
using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>
/// Requests for several tokens that are under way at the same time. Their answers are taken in any order. Disposing gives up those that
/// nobody has taken.
/// </summary>
internal sealed class TokenRequests : IDisposable
{
    private const int MostAtOnce = 8;

    private readonly TokenCmdletBase command;
    private readonly WantedResource[] wanted;
    private readonly List<Started> started = new();

    /// <summary>Starts nothing yet.</summary>
    internal TokenRequests(TokenCmdletBase command, WantedResource[] wanted)
    {
        this.command = command;
        this.wanted = wanted;
    }

    /// <summary>Starts what may be under way, and waits for the token for one of the resources.</summary>
    /// <exception cref="ArcTokenException">The request failed.</exception>
    internal TokenHandle Take(int index)
    {
        StartMore();
        return started[index].Take(command, StartMore);
    }

    public void Dispose()
    {
        foreach (Started request in started)
        {
            request.GiveUp(command);
        }
    }

    private void StartMore()
    {
        while (started.Count < wanted.Length && started.Count(request => request.IsUnderWay()) < MostAtOnce)
        {
            var request = new Started(wanted[started.Count]);
            started.Add(request);
            request.Start(command);
        }
    }

    private sealed class Started
    {
        private readonly WantedResource wanted;
        private NativeRequest? request;
        private AnswerHandle? answer;
        private ArcTokenException? problem;

        internal Started(WantedResource wanted) => this.wanted = wanted;

        internal void Start(TokenCmdletBase command)
        {
            try
            {
                request = command.NewRequest(wanted);
                command.Watch(request);
                answer = request.Start();
            }
            catch (ArcTokenException e)
            {
                problem = e;
            }
        }

        internal bool IsUnderWay() => request is not null && problem is null && (answer ??= request.Wait(0)) is null;

        internal TokenHandle Take(TokenCmdletBase command, Action meanwhile)
        {
            if (problem is not null)
            {
                throw problem;
            }

            AnswerHandle? arrived = answer;
            answer = null;
            try
            {
                return command.Finish<TokenHandle>(request!, arrived, TokenCmdletBase.Activity(wanted), meanwhile);
            }
            finally
            {
                GiveUp(command);
            }
        }

        internal void GiveUp(TokenCmdletBase command)
        {
            answer?.Dispose();
            if (request is not null)
            {
                command.Forget(request);
                request.Dispose();
                request = null;
            }
        }
    }
}
