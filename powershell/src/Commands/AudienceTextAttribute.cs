using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>
/// Lets only texts and URIs be audiences. PowerShell makes a text of everything, also of an object from the pipeline that says nothing
/// of a resource, and to a <see cref="Uri"/> without a path it adds a slash: that is another audience.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AudienceTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        string or Uri or null => AsWritten(inputData),
        IDictionary other => throw Refused(other),
        IEnumerable several => several.Cast<object?>().Select(AsWritten).ToArray(),
        object other => throw Refused(other),
    };

    private static object? AsWritten(object? value) => Unwrap(value) switch
    {
        null => null,
        string text => text,
        Uri uri => uri.OriginalString,
        object other => throw Refused(other),
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    // The value is not shown: it may be a secret. With this inner exception, PowerShell looks at the properties of a pipeline object.
    private static ArgumentTransformationMetadataException Refused(object value)
    {
        string message = $"An audience is a text or a URI, and this is of the type {value.GetType().Name}. "
            + "Give the audience of the service, such as 'https://vault.azure.net'.";
        return new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }
}
