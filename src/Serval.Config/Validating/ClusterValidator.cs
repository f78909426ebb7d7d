using System.Collections.Immutable;
using Serval.Common.Addressing;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks clusters and their endpoints.</summary>
internal sealed class ClusterValidator(
    FindingList findings, HashSet<string> certificates, HashSet<string> authorities)
{
    private readonly ClusterTlsValidator _tls = new(findings, certificates, authorities);

    /// <summary>Checks clusters and returns their names.</summary>
    public HashSet<string> ValidateClusters(ImmutableArray<Cluster> clusters)
    {
        if (!findings.RequireCount(clusters.Length, ConfigLimits.Clusters, Subject.Snapshot, "clusters"))
            return [];
        HashSet<string> names = new(clusters.Length, StringComparer.Ordinal);
        for (int i = 0; i < clusters.Length; i++)
        {
            if (clusters[i] is null)
            {
                findings.Add(Subject.Snapshot, $"clusters[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            Validate(
                clusters[i],
                SnapshotValidator.AddName(findings, names, "Cluster", i, clusters[i].Name));
        }

        return names;
    }

    /// <summary>Checks one cluster, whose name no other has.</summary>
    public void ValidateOne(Cluster cluster) =>
        Validate(cluster, SnapshotValidator.AddName(findings, [], "Cluster", 0, cluster.Name));

    /// <summary>
    /// Checks that endpoint sets belong to clusters, one each, and that endpoints are addresses and ports,
    /// except of sets whose endpoints are known to be.
    /// </summary>
    public void ValidateEndpoints(
        ImmutableArray<EndpointSet> sets, Func<string, bool> hasCluster, HashSet<EndpointSet> known)
    {
        if (!findings.RequireCount(sets.Length, ConfigLimits.Clusters, Subject.Snapshot, "endpointSets"))
            return;
        HashSet<string> seen = new(sets.Length, StringComparer.Ordinal);
        for (int i = 0; i < sets.Length; i++)
        {
            EndpointSet? set = sets[i];
            if (set?.Cluster is null)
            {
                findings.Add(
                    Subject.Snapshot, $"endpointSets[{i}]", Reasons.Missing, "names no cluster; remove it");
                continue;
            }

            Subject subject = new("EndpointSet", set.Cluster);
            findings.Require(
                hasCluster(set.Cluster), subject, "cluster", Reasons.NotFound,
                "there is no such cluster; add it or remove the endpoints");
            findings.Require(
                seen.Add(set.Cluster), subject, "cluster", Reasons.Duplicate,
                "another set is for this cluster; merge them");
            if (!known.Contains(set)) Validate(set, subject);
        }
    }

    /// <summary>
    /// The same for sets of which only some were replaced, one for one, since the list was found valid.
    /// </summary>
    public void ValidateReplaced(ImmutableArray<EndpointSet> sets, List<int> replaced)
    {
        foreach (int place in replaced)
            Validate(sets[place], new Subject("EndpointSet", sets[place].Cluster));
    }

    /// <summary>
    /// Checks what differs from a list that was found valid. False where it takes a look at the whole list to
    /// know that each set has a cluster and each cluster one set at most.
    /// </summary>
    /// <param name="before">The valid list.</param>
    /// <param name="sets">The list now.</param>
    /// <param name="hasCluster">Whether there is a cluster of that name now.</param>
    /// <param name="added">Names of clusters that were not there before.</param>
    /// <param name="removed">Names of clusters that are no longer there.</param>
    public bool TryValidateChanges(
        ImmutableArray<EndpointSet> before, ImmutableArray<EndpointSet> sets, Func<string, bool> hasCluster,
        HashSet<string> added, HashSet<string> removed)
    {
        if (sets.Length > ConfigLimits.Clusters || sets.Any(set => set?.Cluster is null))
            return false;
        List<EndpointSet> lost = [];
        List<EndpointSet> gained = [];
        ListDifference.Find(before, sets, set => set.Cluster, lost, gained);
        HashSet<string> free = new(lost.Select(set => set.Cluster), StringComparer.Ordinal);
        if (!removed.IsSubsetOf(free))
            return false;
        free.UnionWith(added);
        foreach (EndpointSet set in gained)
        {
            if (!free.Remove(set.Cluster) || !hasCluster(set.Cluster))
                return false;
            Validate(set, new Subject("EndpointSet", set.Cluster));
        }

        return true;
    }

    private void Validate(Cluster cluster, Subject subject)
    {
        findings.Require(
            cluster.ConnectTimeoutMs is >= 0 and <= ConfigLimits.ConnectTimeoutMs, subject,
            "connectTimeoutMs", Reasons.InvalidValue,
            $"use 1 to {ConfigLimits.ConnectTimeoutMs}, or 0 for the router's own");
        if (cluster.Tls is { } tls)
            _tls.Validate(tls, subject);
    }

    private void Validate(EndpointSet set, Subject subject)
    {
        ImmutableArray<Endpoint> preferred = set.Endpoints.OrEmpty();
        ImmutableArray<Endpoint> fallback = set.Fallback.OrEmpty();
        int count = preferred.Length + fallback.Length;
        if (!findings.RequireCount(count, ConfigLimits.EndpointsPerCluster, subject, "endpoints"))
            return;
        HashSet<Endpoint>? seen = count > 1 ? new(count) : null;
        Validate(preferred, subject, "endpoints", seen);
        Validate(fallback, subject, "fallback", seen);
    }

    private void Validate(
        ImmutableArray<Endpoint> endpoints, Subject subject, string field, HashSet<Endpoint>? seen)
    {
        for (int i = 0; i < endpoints.Length; i++)
        {
            Endpoint? endpoint = endpoints[i];
            if (endpoint is null)
            {
                findings.Add(subject, $"{field}[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            findings.Require(
                IpLiteral.IsCanonical(endpoint.Address), subject, $"{field}[{i}].address",
                Reasons.InvalidValue,
                $"\"{endpoint.Address}\" is not an IP address in its shortest lower-case form without zone");
            findings.Require(
                endpoint.Port is >= 1 and <= 65535, subject, $"{field}[{i}].port", Reasons.InvalidValue,
                $"{endpoint.Port} is not a port; use 1 to 65535");
            findings.Require(
                seen is null || seen.Add(endpoint), subject, $"{field}[{i}]", Reasons.Duplicate,
                $"{endpoint.Address} port {endpoint.Port} is there twice; remove one");
        }
    }
}
