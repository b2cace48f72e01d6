using System;

namespace ArcToken.Native;

/// <summary>The library's object of a request. <see cref="NativeRequest"/> uses it.</summary>
internal sealed class RequestHandle : NativeHandle
{
    internal RequestHandle(IntPtr owned)
        : base(owned)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_request_free(handle);
        return true;
    }
}
