using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A BackendTLSPolicy with every reference followed.</summary>
internal sealed record ResolvedBackendPolicy
{
    public required BackendTlsPolicyResource Source { get; init; }

    public required Verdict Accepted { get; init; }

    public required Verdict ResolvedRefs { get; init; }

    /// <summary>How its targets are reached; null when it is not accepted.</summary>
    public required ClusterTls? Tls { get; init; }

    /// <summary>The authorities that <see cref="Tls"/> names.</summary>
    public required ImmutableArray<Authority> Authorities { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>The objects that it is for.</summary>
    public IEnumerable<ObjectKey> Targets => Source.Spec.TargetRefs.Select(target => new ObjectKey(
        target.Group, target.Kind, Source.Metadata.Namespace, target.Name));
}
