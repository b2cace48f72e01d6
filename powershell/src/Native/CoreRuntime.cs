using System;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ArcToken.Native;

/// <summary>
/// Loading in PowerShell 7, by <c>System.Runtime.InteropServices.NativeLibrary</c>. That class is not part of .NET
/// Standard 2.0, so it is called by reflection.
/// </summary>
internal sealed class CoreRuntime : NativeRuntime
{
    private readonly Func<string, IntPtr> load;
    private readonly Func<IntPtr, string, IntPtr> export;
    private readonly MethodInfo setResolver;

    private CoreRuntime(Type nativeLibrary)
    {
        load = (Func<string, IntPtr>)nativeLibrary
            .GetMethod("Load", new[] { typeof(string) })
            .CreateDelegate(typeof(Func<string, IntPtr>));
        export = (Func<IntPtr, string, IntPtr>)nativeLibrary
            .GetMethod("GetExport", new[] { typeof(IntPtr), typeof(string) })
            .CreateDelegate(typeof(Func<IntPtr, string, IntPtr>));
        setResolver = nativeLibrary.GetMethod("SetDllImportResolver");
    }

    /// <summary>Creates the object. Null in .NET Framework, which does not have the class.</summary>
    internal static CoreRuntime? Create() =>
        Type.GetType("System.Runtime.InteropServices.NativeLibrary, System.Runtime.InteropServices") is { } type
            ? new CoreRuntime(type)
            : null;

    internal override IntPtr Load(string path) => load(path);

    internal override IntPtr Export(IntPtr library, string name) => export(library, name);

    internal override void Bind(IntPtr library)
    {
        Type resolverType = setResolver.GetParameters()[1].ParameterType;
        Func<string, Assembly, DllImportSearchPath?, IntPtr> resolve =
            (name, _, _) => name == NativeMethods.Library ? library : IntPtr.Zero;
        setResolver.Invoke(
            null,
            new object[]
            {
                typeof(NativeMethods).Assembly,
                Delegate.CreateDelegate(resolverType, resolve.Target, resolve.Method),
            });
    }
}
