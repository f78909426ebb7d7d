using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Config.Model;

/// <summary>
/// A TLSRoute resolved against its parents: connections whose server name it is attached with go to its
/// clusters. Whether TLS ends here or at the upstream is said by each listener.
/// </summary>
public sealed record TlsRoute
{
    /// <summary><c>namespace/name</c>; unique, and the last tie-breaker of precedence.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Creation time, Unix milliseconds; older routes win ties. 0 when the source states none.
    /// </summary>
    public long CreatedAtMs { get; init; }

    /// <summary>The listeners it is attached to, with the server names that are valid on each.</summary>
    public ImmutableArray<Attachment> Attachments { get; init; } = [];

    /// <summary>
    /// Weighted clusters, without filters. Empty, or all weights 0, closes the connection.
    /// </summary>
    public ImmutableArray<WeightedCluster> Backends { get; init; } = [];

    /// <summary>The clusters that its requests may go to, in their written order.</summary>
    public IEnumerable<string> NamedClusters() =>
        Backends.OrEmpty().Select(backend => backend.Cluster).OfType<string>();
}
