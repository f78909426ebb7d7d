using System.Collections.Immutable;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>
/// Finds what keeps a snapshot from being compiled. Takes whatever a deserialiser produces, nulls and absent
/// arrays
/// included; never throws, and looks at every object even when others are bad.
/// </summary>
public static class SnapshotValidator
{
    /// <summary>Every problem, in the order of the snapshot; empty when it can be compiled.</summary>
    public static ImmutableArray<Finding> Validate(Snapshot snapshot) =>
        Validate(snapshot, new PatternSet(), out _, out _);

    /// <summary>
    /// The same; <paramref name="patterns"/> then holds every valid regular expression, and
    /// <paramref name="candidates"/> is how many matches times hostnames there are.
    /// </summary>
    internal static ImmutableArray<Finding> Validate(
        Snapshot? snapshot, PatternSet patterns, out ValidNames names, out long candidates)
    {
        FindingList findings = new();
        names = ValidNames.None;
        candidates = 0;
        if (snapshot is null)
        {
            findings.Add(Subject.Snapshot, "", Reasons.Missing, "there is no snapshot");
            return findings.ToImmutable();
        }

        ValidateVersion(findings, snapshot);
        CertificateValidator certificates = new(findings);
        HashSet<string> certificateNames = certificates.Validate(snapshot.Certificates.OrEmpty());
        HashSet<string> authorityNames = certificates.Validate(snapshot.Authorities.OrEmpty());
        ClusterValidator clusters = new(findings, certificateNames, authorityNames);
        HashSet<string> clusterNames = clusters.ValidateClusters(snapshot.Clusters.OrEmpty());
        (HashSet<string> listenerNames, HashSet<string> tlsListenerNames) =
            new ListenerValidator(findings, certificateNames, authorityNames)
                .Validate(snapshot.Listeners.OrEmpty());
        names = new ValidNames(
            listenerNames, tlsListenerNames, clusterNames.Contains, certificateNames, authorityNames);
        candidates = new RouteValidator(findings, patterns, names).Validate(snapshot.Routes.OrEmpty());
        new TlsRouteValidator(findings, names).Validate(snapshot.TlsRoutes.OrEmpty());
        clusters.ValidateEndpoints(snapshot.EndpointSets.OrEmpty(), names.HasCluster, []);
        return findings.ToImmutable();
    }

    /// <summary>
    /// Checks the version and the endpoint sets of a snapshot whose other arrays are those of a valid one,
    /// and of the sets only those that were replaced, when nothing else about the list changed.
    /// </summary>
    internal static ImmutableArray<Finding> ValidateEndpoints(
        Snapshot snapshot, Snapshot known, ValidNames names)
    {
        FindingList findings = new();
        ValidateVersion(findings, snapshot);
        ClusterValidator clusters = new(findings, names.Certificates, names.Authorities);
        ImmutableArray<EndpointSet> sets = snapshot.EndpointSets.OrEmpty();
        ImmutableArray<EndpointSet> before = known.EndpointSets.OrEmpty();
        if (EndpointSetChanges.FindReplaced(before, sets) is { } replaced)
            clusters.ValidateReplaced(sets, replaced);
        else if (!AreChangesValid(before, sets, names))
            clusters.ValidateEndpoints(
                sets, names.HasCluster,
                new HashSet<EndpointSet>(before, ReferenceEqualityComparer.Instance));
        return findings.ToImmutable();
    }

    // Only findings of a look at everything come in the order of the snapshot.
    private static bool AreChangesValid(
        ImmutableArray<EndpointSet> before, ImmutableArray<EndpointSet> sets, ValidNames names)
    {
        FindingList findings = new();
        return new ClusterValidator(findings, names.Certificates, names.Authorities)
                .TryValidateChanges(before, sets, names.HasCluster, [], [])
            && findings.ToImmutable().IsEmpty;
    }

    /// <summary>
    /// Looks only at what differs from a valid snapshot with the same listeners, TLS routes and
    /// authorities, whose routes and clusters are in order of names as these are. The names, or null when
    /// there is anything to say: that is for a look at everything to find out.
    /// </summary>
    internal static ValidNames? FindNoFault(
        Snapshot snapshot, Snapshot known, ValidNames names, IEnumerable<HttpRoute> routes,
        NumberedList<Cluster> numbered, List<(int Id, Cluster? Before, Cluster? After)> changes)
    {
        FindingList findings = new();
        ValidateVersion(findings, snapshot);
        // A renewed certificate changes nothing that refers to it; one that came or went might.
        if (snapshot.Certificates != known.Certificates
            && !new CertificateValidator(findings).Validate(snapshot.Certificates.OrEmpty())
                .SetEquals(names.Certificates))
            return null;
        ClusterValidator clusters = new(findings, names.Certificates, names.Authorities);
        HashSet<string> added = new(StringComparer.Ordinal);
        HashSet<string> removed = new(StringComparer.Ordinal);
        foreach ((_, Cluster? before, Cluster? after) in changes)
        {
            if (after is not null)
                clusters.ValidateOne(after);
            if (before is null)
                added.Add(after!.Name ?? "");
            else if (after is null)
                removed.Add(before.Name);
        }

        if (changes.Count > 0)
            names = names with { HasCluster = name => numbered.Find(name, cluster => cluster.Name) >= 0 };
        RouteValidator validator = new(findings, new PatternSet(), names);
        foreach (HttpRoute route in routes)
            validator.ValidateOne(route);
        bool areUnknown = snapshot.Clusters.Length > ConfigLimits.Clusters
            || (removed.Count > 0 && IsAnyUsed(removed, snapshot))
            || !clusters.TryValidateChanges(
                known.EndpointSets.OrEmpty(), snapshot.EndpointSets.OrEmpty(), names.HasCluster, added,
                removed);
        return areUnknown || !findings.ToImmutable().IsEmpty ? null : names;
    }

    private static bool IsAnyUsed(HashSet<string> clusters, Snapshot snapshot)
    {
        foreach (HttpRoute route in snapshot.Routes)
        {
            foreach (HttpRule rule in route.Rules.OrEmpty())
            {
                if (IsAnyUsed(clusters, rule.Backends.OrEmpty())) return true;
                foreach (Filter filter in rule.Filters.OrEmpty())
                {
                    if (filter is MirrorFilter { Cluster: { } mirror } && clusters.Contains(mirror))
                        return true;
                }
            }
        }

        foreach (TlsRoute route in snapshot.TlsRoutes.OrEmpty())
        {
            if (IsAnyUsed(clusters, route.Backends.OrEmpty())) return true;
        }

        return false;
    }

    private static bool IsAnyUsed(HashSet<string> clusters, ImmutableArray<WeightedCluster> backends)
    {
        foreach (WeightedCluster backend in backends)
        {
            if (backend.Cluster is not null && clusters.Contains(backend.Cluster)) return true;
        }

        return false;
    }

    private static void ValidateVersion(FindingList findings, Snapshot snapshot) =>
        findings.Require(
            Syntax.IsPrintable(snapshot.Version, ConfigLimits.VersionLength), Subject.Snapshot, "version",
            Reasons.InvalidValue, $"give it 1 to {ConfigLimits.VersionLength} printable characters");

    /// <summary>Checks a name and that it is new, and returns how to call the object.</summary>
    internal static Subject AddName(
        FindingList findings, HashSet<string> names, string kind, int index, string? name)
    {
        if (!Syntax.IsPrintable(name, ConfigLimits.NameLength))
        {
            Subject nameless = new(kind, $"#{index}");
            findings.Add(
                nameless, "name", Reasons.InvalidValue,
                $"give it 1 to {ConfigLimits.NameLength} printable characters");
            return nameless;
        }

        Subject subject = new(kind, name);
        findings.Require(
            names.Add(name!), subject, "name", Reasons.Duplicate, "another has this name; rename one");
        return subject;
    }
}
