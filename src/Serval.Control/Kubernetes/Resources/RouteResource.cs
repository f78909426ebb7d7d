using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>A route of any kind: what all of them say about their parents.</summary>
internal abstract record RouteResource : Resource
{
    /// <summary>Its parents and hostnames.</summary>
    [JsonIgnore]
    public abstract RouteSpec Attaching { get; }
}
