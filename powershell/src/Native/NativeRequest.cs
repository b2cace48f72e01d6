using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>One request to the agent. One thread uses it; only <see cref="Cancel"/> may come from any other.</summary>
internal sealed unsafe class NativeRequest : IDisposable
{
    private readonly object gate = new();
    private readonly RequestHandle handle;
    private readonly RequestPurpose purpose;

    /// <summary>
    /// Creates a request with the environment variables of this session. Null as the resource stands for Azure Resource Manager.
    /// </summary>
    internal NativeRequest(RequestPurpose purpose, string? resource)
    {
        this.purpose = purpose;
        UIntPtr length = UIntPtr.Zero;
        IntPtr request, error;
        fixed (byte* text = resource is null ? null : Utf8(resource, out length))
        {
            Check(NativeMethods.arc_token_request_new(text, length, &request, &error), error);
        }

        handle = new RequestHandle(request);
        SessionVariables.PutInto(this);
    }

    /// <summary>The audiences that are known by name.</summary>
    internal static TableHandle Audiences()
    {
        IntPtr table, error;
        Check(NativeMethods.arc_token_audiences(&table, &error), error);
        return new TableHandle(table);
    }

    /// <summary>Finds the agent's address, in one row. Sends nothing to the agent.</summary>
    /// <exception cref="ArcTokenException">No agent is found.</exception>
    internal TableHandle FindAgent()
    {
        IntPtr table, error;
        Check(NativeMethods.arc_token_request_find_agent(handle.Pointer, &table, &error), error);
        return new TableHandle(table);
    }

    internal void Set(RequestOption option, string? value)
    {
        if (value is null)
        {
            return;
        }

        IntPtr error;
        fixed (byte* text = Utf8(value, out UIntPtr length))
        {
            Check(NativeMethods.arc_token_request_set_text(handle.Pointer, option, text, length, &error), error);
        }
    }

    internal void Set(RequestOption option, ulong value)
    {
        IntPtr error;
        Check(NativeMethods.arc_token_request_set_number(handle.Pointer, option, value, &error), error);
    }

    /// <summary>Checks an address that a variable names and that Az is going to ask. Sends nothing.</summary>
    /// <exception cref="ArcTokenException">The address is not allowed, or somebody else than the agent listens there.</exception>
    internal TableHandle CheckEndpoint(string endpoint)
    {
        IntPtr table, error;
        fixed (byte* text = Utf8(endpoint, out UIntPtr length))
        {
            Check(NativeMethods.arc_token_request_check_endpoint(handle.Pointer, text, length, &table, &error), error);
        }

        return new TableHandle(table);
    }

    /// <summary>Starts the exchange with the agent. Returns null, or the error that prevents the start.</summary>
    internal AnswerHandle? Start()
    {
        IntPtr error;
        int status = purpose switch
        {
            RequestPurpose.Check => NativeMethods.arc_token_request_start_check(handle.Pointer, &error),
            RequestPurpose.Machine => NativeMethods.arc_token_request_start_machine(handle.Pointer, &error),
            _ => NativeMethods.arc_token_request_start(handle.Pointer, &error),
        };
        return status == (int)ArcTokenStatus.Ok ? null : new ErrorHandle(error);
    }

    /// <summary>Waits for the answer. Null if there is none after the given time.</summary>
    internal AnswerHandle? Wait(uint milliseconds)
    {
        IntPtr answer, error;
        int status = purpose == RequestPurpose.Token
            ? NativeMethods.arc_token_request_wait(handle.Pointer, milliseconds, &answer, &error)
            : NativeMethods.arc_token_request_wait_table(handle.Pointer, milliseconds, &answer, &error);
        return (ArcTokenStatus)status switch
        {
            ArcTokenStatus.Pending => null,
            ArcTokenStatus.Ok => purpose == RequestPurpose.Token ? new TokenHandle(answer) : new TableHandle(answer),
            _ => new ErrorHandle(error),
        };
    }

    /// <summary>Makes a waiting <see cref="Wait"/> return at once. For any thread, at any time.</summary>
    internal void Cancel()
    {
        lock (gate)
        {
            if (!handle.IsClosed)
            {
                NativeMethods.arc_token_request_cancel(handle.Pointer);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            handle.Dispose();
        }
    }

    private static void Check(int status, IntPtr error)
    {
        if (status != (int)ArcTokenStatus.Ok)
        {
            using var failure = new ErrorHandle(error);
            throw failure.ToException();
        }
    }

    // The array is longer than the text: an empty array has no address, and to the library NULL is not an empty text.
    private static byte[] Utf8(string text, out UIntPtr length)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        length = (UIntPtr)(uint)Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
        return bytes;
    }
}
