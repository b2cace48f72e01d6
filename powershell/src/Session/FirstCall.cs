using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using ArcToken.Commands;
using ArcToken.Native;

namespace ArcToken.Session;

/// <summary>
/// Gets ready what the first call needs, on another thread while PowerShell imports the module: .NET compiles a method only when it is called, and
/// the first token of a process goes through a hundred of them. Nothing is run, and nothing is asked for.
/// </summary>
internal static class FirstCall
{
    // Those on the way of a token whose methods are long. What is compiled here costs the import a little, so short ones are not worth it.
    private static readonly Type[] way =
    {
        typeof(NativeLoader), typeof(CoreRuntime), typeof(NativeRequest), typeof(SessionVariables), typeof(ArcCmdletBase), typeof(GetArcTokenCommand),
        typeof(TokenCmdletBase), typeof(WaitingProgress), typeof(TokenHandle), typeof(ExchangeLog),
    };

    private static readonly RuntimeTypeHandle[] answer = { typeof(TokenHandle).TypeHandle };

    /// <summary>Starts with the first look at it, and once a process.</summary>
    internal static Task Prepared { get; } = Task.Run(Prepare);

    private static void Prepare()
    {
        try
        {
            NativeLoader.ReadAhead();

            // With one processor, this would only take turns with the import.
            if (Environment.ProcessorCount > 1)
            {
                Array.ForEach(way, Compile);
            }
        }
        catch (Exception)
        {
            // Nobody has asked for it yet. Whoever calls the method hears of it.
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
            else if (!method.IsAbstract && !method.IsSpecialName)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
    }
}
