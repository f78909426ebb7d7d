using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>Which kinds of routes the data plane carries over which protocol of a listener.</summary>
internal static class RouteKinds
{
    /// <summary>Kinds by protocol; none where the data plane has no such routes yet.</summary>
    public static ImmutableArray<string> Of(string protocol) => protocol switch
    {
        "HTTP" or "HTTPS" => [Kinds.HttpRoute],
        "TLS" => [Kinds.TlsRoute],
        _ => [],
    };
}
