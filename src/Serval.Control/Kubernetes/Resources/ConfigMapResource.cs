using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>ConfigMap: here, bundles of certificates that others must come from.</summary>
internal sealed record ConfigMapResource : Resource
{
    public IReadOnlyDictionary<string, string> Data { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Base64.</summary>
    public IReadOnlyDictionary<string, string> BinaryData { get; init => field = value ?? Empty; } = Empty;

    [JsonIgnore]
    public override string KindName => Kinds.ConfigMap;

    [JsonIgnore]
    public override string GroupName => Groups.Core;

    private static readonly ImmutableDictionary<string, string> Empty =
        ImmutableDictionary<string, string>.Empty;
}
