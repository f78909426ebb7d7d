using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>ServiceImport (KEP-1645): a Service of the whole cluster set.</summary>
internal sealed record ServiceImportResource : Resource
{
    public ServiceImportSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override string KindName => Kinds.ServiceImport;

    [JsonIgnore]
    public override string GroupName => Groups.MultiCluster;
}
