using System;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>An object of the library. Freed exactly once, even when the thread is stopped in between.</summary>
internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;
}
