using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>
/// Takes a <see cref="Uri"/> as it was written. PowerShell would make a string of it that ends with a slash, which is another
/// audience.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UriAsWrittenAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        Unwrap(inputData) is IList list && list.Cast<object?>().Any(item => Unwrap(item) is Uri)
            ? list.Cast<object?>().Select(AsWritten).ToArray()
            : AsWritten(inputData);

    private static object? AsWritten(object? value) => Unwrap(value) is Uri uri ? uri.OriginalString : value;

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
