using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>What a step changed in the graph; what is not named here is the same as before.</summary>
internal sealed class GraphChanges
{
    /// <summary>True when classes, Gateways and listeners were decided again.</summary>
    public bool AreGatewaysResolved { get; init; }

    /// <summary>Routes that were resolved again, before and after; null where there was or is none.</summary>
    public List<(ResolvedRoute? Before, ResolvedRoute? After)> Routes { get; } = [];

    /// <summary>BackendTLSPolicies that were resolved again or left.</summary>
    public HashSet<ObjectKey> Policies { get; } = [];

    /// <summary>Names of clusters that were resolved again or left.</summary>
    public HashSet<string> Clusters { get; } = new(StringComparer.Ordinal);
}
