using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>Which kinds of routes the data plane carries over which protocol of a listener.</summary>
internal static class RouteKinds
{
    private static readonly string[] Protocols = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"];

    /// <summary>Whether listeners of any protocol can carry routes of this kind.</summary>
    public static bool IsServed(string kind) =>
        Array.Exists(Protocols, protocol => Of(protocol).Contains(kind));

    /// <summary>Kinds by protocol; none where the data plane has no such routes yet.</summary>
    public static ImmutableArray<string> Of(string protocol) => protocol switch
    {
        "HTTP" or "HTTPS" => [Kinds.HttpRoute],
        "TLS" => [Kinds.TlsRoute],
        _ => [],
    };
}
