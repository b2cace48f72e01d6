using System;

namespace ArcToken.Native;

/// <summary>The part of loading that .NET and .NET Framework do differently.</summary>
internal abstract class NativeRuntime
{
    /// <summary>Loads the file at a full path. Throws what a failing P/Invoke would throw.</summary>
    internal abstract IntPtr Load(string path);

    /// <summary>The address of an exported function.</summary>
    internal abstract IntPtr Export(IntPtr library, string name);

    /// <summary>Makes <see cref="NativeMethods"/> mean this library, and no other.</summary>
    internal abstract void Bind(IntPtr library);
}
