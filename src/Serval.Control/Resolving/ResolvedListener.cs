using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A listener of a Gateway or of a ListenerSet.</summary>
internal sealed record ResolvedListener
{
    public required GatewayListener Source { get; init; }

    /// <summary>
    /// <c>namespace/gateway/listener</c>, or <c>namespace/gateway/namespace/listenerset/listener</c>.
    /// </summary>
    public required string Name { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>True when it shares what must be its own with another listener.</summary>
    public required Verdict Conflicted { get; init; }

    /// <summary>About the route kinds that it allows.</summary>
    public required Verdict ResolvedRefs { get; init; }

    /// <summary>Kinds of routes that may attach, whether or not it is accepted.</summary>
    public required ImmutableArray<string> RouteKinds { get; init; }

    /// <summary>What a ListenerPolicy says about its paths.</summary>
    public PathPolicy PathPolicy { get; init; }

    /// <summary>What routers run of it.</summary>
    public Listener ToModel(ImmutableArray<string> addresses) => new()
    {
        Name = Name,
        Addresses = addresses,
        Port = Source.Port,
        Protocol = ListenerProtocol.Http,
        Hostname = Source.Hostname,
        PathPolicy = PathPolicy,
    };
}
