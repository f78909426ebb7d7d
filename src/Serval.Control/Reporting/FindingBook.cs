using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Resolving;

namespace Serval.Control.Reporting;

/// <summary>
/// Keeps what there is to say about every result of the graph; only what changed is looked at.
/// </summary>
/// <remarks>Owner: one control plane. Thread: one at a time.</remarks>
internal sealed class FindingBook
{
    // Before every other key: Gateways first, then clusters and routes in the order of their keys.
    private static readonly ObjectKey GatewaysKey = new("", "", "", "");
    private ImmutableSortedDictionary<ObjectKey, ImmutableArray<Finding>> _byResult =
        ImmutableSortedDictionary<ObjectKey, ImmutableArray<Finding>>.Empty;

    /// <summary>Takes what a step changed.</summary>
    public void Update(
        Graph graph, GraphChanges changes, List<(ResolvedRoute? Before, ResolvedRoute? After)> routes)
    {
        if (changes.AreGatewaysResolved)
            Put(GatewaysKey, graph.GatewayFindings);
        foreach ((ResolvedRoute? before, ResolvedRoute? after) in routes)
            Put((after ?? before)!.Source.Key, after?.Findings ?? []);
        foreach (ObjectKey policy in changes.Policies)
            Put(policy, graph.BackendPolicies.GetValueOrDefault(policy)?.Findings ?? []);
        foreach (string cluster in changes.Clusters)
        {
            ObjectKey key = new("", ClusterSource.KeyKind, "", cluster);
            Put(key, graph.Clusters.GetValueOrDefault(cluster)?.Findings ?? []);
        }
    }

    /// <summary>
    /// Puts all findings of this moment together, whenever the result is asked for; those about matches that
    /// get in each other's way are made only then.
    /// </summary>
    public Func<ImmutableArray<Finding>> Reader(Snapshot snapshot)
    {
        ImmutableSortedDictionary<ObjectKey, ImmutableArray<Finding>> byResult = _byResult;
        // Two ports of a Service may find the same about one of its slices.
        return () =>
        [
            .. byResult.Values.SelectMany(findings => findings)
                .Concat(ShadowedMatches.Find(snapshot))
                .Distinct()
                .OrderBy(finding => finding.Subject, StringComparer.Ordinal),
        ];
    }

    private void Put(ObjectKey key, ImmutableArray<Finding> findings)
    {
        if (!findings.IsEmpty)
            _byResult = _byResult.SetItem(key, findings);
        else if (_byResult.ContainsKey(key))
            _byResult = _byResult.Remove(key);
    }
}
