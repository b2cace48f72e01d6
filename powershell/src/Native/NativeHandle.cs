using System;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>An object of the library. It is freed exactly once: by <c>Dispose</c>, or by the garbage collector.</summary>
internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle(IntPtr owned)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(owned);

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>
    /// The object, for one call of the library. Whoever calls keeps this handle from being disposed meanwhile, and alive.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The object is freed.</exception>
    internal IntPtr Pointer => IsClosed ? throw new ObjectDisposedException(GetType().Name) : handle;
}
