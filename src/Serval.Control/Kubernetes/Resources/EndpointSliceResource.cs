using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>EndpointSlice: some of the endpoints of a Service.</summary>
internal sealed record EndpointSliceResource : Resource
{
    public required string AddressType { get; init; }

    public IReadOnlyList<SliceEndpoint> Endpoints { get; init => field = value ?? []; } = [];

    public IReadOnlyList<SlicePort> Ports { get; init => field = value ?? []; } = [];

    [JsonIgnore]
    public override string KindName => Kinds.EndpointSlice;

    [JsonIgnore]
    public override string GroupName => Groups.Discovery;
}
