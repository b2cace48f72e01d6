using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace ArcToken.Commands;

/// <summary>The parameters as options of the program.</summary>
public sealed partial class InvokeArcCommandCommand
{
    /// <summary>No parameter of this cmdlet: what it runs asks by itself, and again where it knows to.</summary>
    public override SwitchParameter WaitForAgent { get; set; }

    private IEnumerable<string> Options()
    {
        yield return "--verbose";
        var values = new (string Name, string? Value)[]
        {
            ("endpoint", Endpoint?.OriginalString), ("key-directory", KeyDirectoryPath()), ("api-version", ApiVersion),
            ("client-id", ClientId), ("object-id", ObjectId), ("identity-resource-id", IdentityResourceId),
            ("timeout", TimeoutSec?.ToString(CultureInfo.InvariantCulture)),
            ("env-only", EnvironmentVariable is null ? null : string.Join(",", EnvironmentVariable)),
        };
        foreach ((string name, string? value) in values)
        {
            if (value is not null)
            {
                yield return $"--{name}={value}";
            }
        }

        foreach (string resource in AllowResource ?? Array.Empty<string>())
        {
            yield return "--allow-resource=" + resource;
        }

        var switches = new (bool IsOn, string Name)[]
        {
            (Az, "az"), (AnyProcess, "any-process"), (RequireIdentifiedAgent, "require-identified-agent"),
            (AllowUnidentifiedAgent, "allow-unidentified-agent"),
        };
        foreach ((bool isOn, string name) in switches)
        {
            if (isOn)
            {
                yield return "--" + name;
            }
        }
    }
}
