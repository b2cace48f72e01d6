using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;
using ArcToken.Commands;
using ArcToken.Native;

namespace ArcToken.Session;

/// <summary>
/// Gets ready what the first call needs, on another thread while PowerShell imports the module: the native library, and compiled methods.
/// .NET compiles a method only when it is called, and the first token of a process goes through a hundred of them. The agent is not asked.
/// </summary>
internal static class FirstCall
{
    // What a token goes through, besides what runs here.
    private static readonly Type[] way =
    {
        typeof(ArcCmdletBase), typeof(AgentCmdletBase), typeof(TokenCmdletBase), typeof(GetArcTokenCommand), typeof(ResourceChoice), typeof(WantedResource),
        typeof(WaitingProgress), typeof(TokenHandle), typeof(AnswerHandle), typeof(ExchangeLog), typeof(AccessToken), typeof(TokenSecret),
    };

    private static readonly RuntimeTypeHandle[] answer = { typeof(TokenHandle).TypeHandle };

    /// <summary>The thread. It starts with the first look at it, and once a process.</summary>
    internal static Thread Preparation { get; } = Start();

    // A thread of its own: the pool's are the host's, and can all be busy.
    private static Thread Start()
    {
        var thread = new Thread(Prepare) { IsBackground = true };
        try
        {
            thread.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            // The system gives no more threads. The first call does all of it itself.
        }

        return thread;
    }

    private static void Prepare()
    {
        try
        {
            NativeLoader.EnsureLoaded();

            // With one processor, this would only take turns with the import.
            if (Environment.ProcessorCount > 1)
            {
                // It is not sent.
                using (var request = new NativeRequest(RequestPurpose.Token, null))
                {
                    request.Set(RequestOption.ForceRefresh, 1);
                }

                Array.ForEach(way, Compile);
            }
        }
        catch (Exception)
        {
            // Nobody has asked for it yet. Whoever does hears of it: a failure is not remembered.
        }
    }

    private static void Compile(Type type)
    {
        const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (MethodInfo method in type.GetMethods(Own))
        {
            if (method.IsGenericMethodDefinition)
            {
                // One code serves all answers.
                RuntimeHelpers.PrepareMethod(method.MethodHandle, answer);
            }
            else if (!method.IsAbstract)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
    }
}
