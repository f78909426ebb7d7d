namespace Serval.Config.Model;

/// <summary>Equivalent endpoints plus the policy for reaching them.</summary>
public sealed record Cluster
{
    /// <summary>Unique name, <c>namespace/service:port</c> when it came from a Service.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Bound on establishing a connection, milliseconds, up to 60,000; 0 leaves it to the router.
    /// </summary>
    public int ConnectTimeoutMs { get; init; }

    /// <summary>TLS to its endpoints; null speaks clear text with them.</summary>
    public ClusterTls? Tls { get; init; }
}
