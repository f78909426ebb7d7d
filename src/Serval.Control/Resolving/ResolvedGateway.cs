using System.Collections.Immutable;
using Serval.Control.Certificates;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A Gateway of an accepted class.</summary>
internal sealed record ResolvedGateway
{
    public required GatewayResource Source { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>Whether it has the addresses that it needs; when not, nothing of it is served.</summary>
    public required Verdict Addressed { get; init; }

    /// <summary>What it presents to backends that are reached over TLS; null for nothing.</summary>
    public required ReadKeyPair? BackendCertificate { get; init; }

    /// <summary>About that certificate; null when it names none.</summary>
    public required Verdict? ResolvedRefs { get; init; }

    /// <summary>IP literals to bind, sorted; empty means all.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>Its own, in their written order.</summary>
    public required ImmutableArray<ResolvedListener> Listeners { get; init; }

    /// <summary>Those that add listeners to it, the oldest first.</summary>
    public required ImmutableArray<ResolvedListenerSet> ListenerSets { get; init; }

    /// <summary>False when nothing that belongs to it can be served.</summary>
    public bool IsAddressed => Addressed.IsTrue;
}
