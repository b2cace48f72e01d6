using System;

namespace ArcToken.Native;

/// <summary>The steps of loading that differ between .NET and .NET Framework.</summary>
internal abstract class NativeRuntime
{
    /// <summary>Loads the file at a full path. Throws the same exceptions as a failing P/Invoke.</summary>
    internal abstract IntPtr Load(string path);

    /// <summary>The address of an exported function.</summary>
    internal abstract IntPtr Export(IntPtr library, string name);

    /// <summary>Binds the imports of <see cref="NativeMethods"/> to this library and no other.</summary>
    internal abstract void Bind(IntPtr library);
}
