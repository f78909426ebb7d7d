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

    /// <summary>About the certificates that it names, and the route kinds that it allows.</summary>
    public required Verdict ResolvedRefs { get; init; }

    /// <summary>Kinds of routes that may attach, whether or not it is accepted.</summary>
    public required ImmutableArray<string> RouteKinds { get; init; }

    /// <summary>What a ListenerPolicy says about its paths.</summary>
    public PathPolicy PathPolicy { get; init; }

    /// <summary>What its TLS settings amount to; null when it speaks clear text.</summary>
    public ResolvedListenerTls? Tls { get; init; }

    /// <summary>That it shares hostnames with another listener of its port; null when it does not.</summary>
    public Verdict? Overlaps { get; init; }

    /// <summary>
    /// True when routers can serve it. One that is accepted and lacks a certificate is not served, but routes
    /// attach to it.
    /// </summary>
    public bool IsServed => Accepted.IsTrue && (Tls is null || Tls.Model is not null);

    /// <summary>What routers run of it, if it is served.</summary>
    public Listener ToModel(ImmutableArray<string> addresses) => new()
    {
        Name = Name,
        Addresses = addresses,
        Port = Source.Port,
        Protocol = ProtocolOf(Source.Protocol),
        Hostname = Source.Hostname,
        PathPolicy = PathPolicy,
        Tls = Tls?.Model,
        Detection = Tls?.Detection ?? false,
    };

    /// <summary>The protocol of the model.</summary>
    public static ListenerProtocol ProtocolOf(string protocol) => protocol switch
    {
        "HTTPS" => ListenerProtocol.Https,
        "TLS" => ListenerProtocol.Tls,
        _ => ListenerProtocol.Http,
    };
}
