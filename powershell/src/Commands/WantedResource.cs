using ArcToken.Native;

namespace ArcToken.Commands;

/// <summary>What a token is wanted for: a resource, a service by name, or without both Azure Resource Manager.</summary>
internal sealed class WantedResource
{
    private readonly string? resource;
    private readonly string? service;
    private readonly string? cloud;

    private WantedResource(string? resource, string? service, string? cloud)
    {
        this.resource = resource;
        this.service = service;
        this.cloud = cloud;
    }

    /// <summary>What the caller calls it, for errors and progress.</summary>
    internal string Text => resource ?? service ?? (cloud is null ? Audiences.ResourceManager : Audiences.ResourceManagerName);

    /// <summary>A resource that is sent as it is.</summary>
    internal static WantedResource Exactly(string resource) => new(resource, null, null);

    /// <summary>
    /// A service in a cloud. Null stands for Azure Resource Manager, and for the public cloud or else the machine's own.
    /// </summary>
    internal static WantedResource Of(string? service, string? cloud) => new(null, service, cloud);

    /// <summary>A request for this.</summary>
    internal NativeRequest NewRequest(RequestPurpose purpose)
    {
        var request = new NativeRequest(purpose, resource);
        try
        {
            request.Set(RequestOption.ResourceTypeName, service);
            request.Set(RequestOption.Environment, cloud);
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
