using System;
using System.Text;

namespace ArcToken.Native;

/// <summary>One request to the agent. Everything but <see cref="Cancel"/> belongs to the thread that made it.</summary>
internal sealed class TokenRequest : IDisposable
{
    private readonly object gate = new();
    private readonly RequestHandle handle;
    private readonly RequestPurpose purpose;

    /// <summary>No resource: that of Azure Resource Manager.</summary>
    internal TokenRequest(RequestPurpose purpose, string? resource)
    {
        this.purpose = purpose;
        UIntPtr length = UIntPtr.Zero;
        byte[]? text = resource is null ? null : Utf8(resource, out length);
        ArcTokenStatus status = NativeMethods.arc_token_request_new(text, length, out handle, out ErrorHandle error);
        ThrowIfFailed(status, error);
    }

    internal void Set(TokenOption option, string? value)
    {
        if (value is null)
        {
            return;
        }

        byte[] text = Utf8(value, out UIntPtr length);
        ThrowIfFailed(
            NativeMethods.arc_token_request_set_text(handle, option, text, length, out ErrorHandle error),
            error);
    }

    internal void Set(TokenOption option, ulong value) => ThrowIfFailed(
        NativeMethods.arc_token_request_set_number(handle, option, value, out ErrorHandle error),
        error);

    /// <summary>Begins the exchange with the agent. Null when it has begun, or the reason why it cannot.</summary>
    internal AnswerHandle? Start()
    {
        ErrorHandle error;
        ArcTokenStatus status = purpose switch
        {
            RequestPurpose.Check => NativeMethods.arc_token_request_start_check(handle, out error),
            RequestPurpose.Machine => NativeMethods.arc_token_request_start_machine(handle, out error),
            _ => NativeMethods.arc_token_request_start(handle, out error),
        };
        return status == ArcTokenStatus.Ok ? Unused(error) : error;
    }

    /// <summary>The answer, or null when there is none after the given time.</summary>
    internal AnswerHandle? Wait(uint milliseconds)
    {
        ErrorHandle error;
        AnswerHandle answer;
        ArcTokenStatus status;
        if (purpose == RequestPurpose.Token)
        {
            status = NativeMethods.arc_token_request_wait(handle, milliseconds, out ResultHandle result, out error);
            answer = result;
        }
        else
        {
            status = NativeMethods.arc_token_request_wait_table(handle, milliseconds, out TableHandle table, out error);
            answer = table;
        }

        switch (status)
        {
            case ArcTokenStatus.Pending:
                Unused(answer);
                return Unused(error);
            case ArcTokenStatus.Ok:
                Unused(error);
                return answer;
            default:
                Unused(answer);
                return error;
        }
    }

    /// <summary>Lets a waiting <see cref="Wait"/> return at once. For any thread, at any time.</summary>
    internal void Cancel()
    {
        lock (gate)
        {
            if (!handle.IsClosed)
            {
                NativeMethods.arc_token_request_cancel(handle);
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

    // A handle that got nothing would otherwise wait for the finalizer, once in each call.
    private static AnswerHandle? Unused(AnswerHandle handle)
    {
        handle.Dispose();
        return null;
    }

    private static void ThrowIfFailed(ArcTokenStatus status, ErrorHandle error)
    {
        using (error)
        {
            if (status != ArcTokenStatus.Ok)
            {
                throw error.ToException();
            }
        }
    }

    // One byte longer than the text: an empty array has no address, and NULL is not the same as an empty text.
    private static byte[] Utf8(string text, out UIntPtr length)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        length = (UIntPtr)(uint)Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
        return bytes;
    }
}
