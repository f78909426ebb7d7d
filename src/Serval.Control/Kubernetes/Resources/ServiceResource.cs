using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Service: names of ports; its endpoints come from EndpointSlices.</summary>
internal sealed record ServiceResource : Resource
{
    public ServiceSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override string KindName => Kinds.Service;

    [JsonIgnore]
    public override string GroupName => Groups.Core;
}
