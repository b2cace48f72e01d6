namespace ArcToken.Native;

/// <summary>A request: what to ask the agent for.</summary>
internal sealed class RequestHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.arc_token_request_free(handle);
        return true;
    }
}
