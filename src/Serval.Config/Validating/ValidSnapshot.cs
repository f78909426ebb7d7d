using System.Collections.Immutable;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>
/// The proof that a snapshot was checked and found without errors; only from this are tables compiled.
/// Immutable.
/// </summary>
public sealed class ValidSnapshot
{
    // Only read from here on; shared along a chain of changes.
    private readonly ValidNames _names;
    private readonly long _candidates;
    private readonly bool _hasWarnings;

    private ValidSnapshot(
        Snapshot source, PatternSet patterns, NumberedList<HttpRoute> routes, NumberedList<Cluster> clusters,
        ValidNames names, long candidates, bool hasWarnings)
    {
        (Source, Patterns, Routes, Clusters) = (source, patterns, routes, clusters);
        (_names, _candidates, _hasWarnings) = (names, candidates, hasWarnings);
    }

    /// <summary>What was checked.</summary>
    public Snapshot Source { get; }

    /// <summary>Its regular expressions, compiled; only read from here on.</summary>
    internal PatternSet Patterns { get; }

    /// <summary>Its routes by number.</summary>
    internal NumberedList<HttpRoute> Routes { get; }

    /// <summary>Its clusters by number.</summary>
    internal NumberedList<Cluster> Clusters { get; }

    /// <summary>Stands for its listeners, routes and clusters: what tables are compiled from.</summary>
    internal object Tables { get; private init; } = new();

    /// <summary>The same of the snapshot that it differs from by <see cref="RouteChanges"/>.</summary>
    internal object? TablesBefore { get; private init; }

    /// <summary>Routes by number that are not those of the snapshot before; clusters aside.</summary>
    internal IReadOnlyList<(int Id, HttpRoute? Before, HttpRoute? After)> RouteChanges { get; private init; }
        = [];

    /// <summary>
    /// Checks a snapshot; null when a finding is an error. What it shares with one that is known to be valid
    /// is not looked at again, so that a change costs what changes: endpoints, where all other arrays are the
    /// same ones, and routes and clusters, where their lists are in order of names.
    /// </summary>
    /// <param name="snapshot">Whatever a deserialiser or a translation produced.</param>
    /// <param name="known">A valid snapshot that this one may share objects with; null for none.</param>
    /// <param name="findings">Every problem, in the order of the snapshot.</param>
    /// <param name="readers">
    /// How many threads at most will look up with a <see cref="RequestTarget.Reader"/>.
    /// </param>
    public static ValidSnapshot? TryCreate(
        Snapshot? snapshot, ValidSnapshot? known, out ImmutableArray<Finding> findings, int readers = 0)
    {
        if (snapshot is not null && known is not null && known.Patterns.Readers == readers + 1
            && !known._hasWarnings)
        {
            if (known.HasTablesOf(snapshot))
                return known.FollowEndpoints(snapshot, out findings);
            if (known.Follow(snapshot) is { } next)
            {
                findings = [];
                return next;
            }
        }

        PatternSet patterns = new(readers + 1, known?.Patterns);
        findings = SnapshotValidator.Validate(snapshot, patterns, out ValidNames names, out long candidates);
        patterns.Complete();
        return findings.Any(finding => finding.Severity == Severity.Error)
            ? null
            : new ValidSnapshot(
                snapshot!, patterns,
                NumberedList<HttpRoute>.Of(snapshot!.Routes.OrEmpty(), route => route.Name),
                NumberedList<Cluster>.Of(snapshot.Clusters.OrEmpty(), cluster => cluster.Name),
                names, candidates, !findings.IsEmpty);
    }

    /// <summary>
    /// True when a snapshot has this one's arrays, but for endpoints: its tables would be the same, and only
    /// endpoints can differ.
    /// </summary>
    public bool HasTablesOf(Snapshot other) =>
        HasListenersOf(other) && Source.Routes == other.Routes && Source.Clusters == other.Clusters
        && Source.Certificates == other.Certificates;

    private bool HasListenersOf(Snapshot other) =>
        Source.Listeners == other.Listeners && Source.TlsRoutes == other.TlsRoutes
        && Source.Authorities == other.Authorities;

    private ValidSnapshot? FollowEndpoints(Snapshot snapshot, out ImmutableArray<Finding> findings)
    {
        findings = SnapshotValidator.ValidateEndpoints(snapshot, Source, _names);
        return findings.Any(finding => finding.Severity == Severity.Error)
            ? null
            : new ValidSnapshot(
                snapshot, Patterns, Routes, Clusters, _names, _candidates, hasWarnings: false)
            {
                Tables = Tables,
                TablesBefore = TablesBefore,
                RouteChanges = RouteChanges,
            };
    }

    // Null wherever it is not clear that there is nothing to say: then everything is looked at.
    private ValidSnapshot? Follow(Snapshot snapshot)
    {
        if (!HasListenersOf(snapshot) || snapshot.Routes.IsDefault || snapshot.Clusters.IsDefault
            || snapshot.Routes.Length > ConfigLimits.Routes || HasNull(snapshot.Routes)
            || HasNull(snapshot.Clusters))
            return null;
        List<(int Id, HttpRoute? Before, HttpRoute? After)> routes = [];
        List<(int Id, Cluster? Before, Cluster? After)> clusters = [];
        const int ChangesMax = SnapshotPatcher.RoutesChangedMax;
        if (Routes.Follow(snapshot.Routes, route => route.Name ?? "", ChangesMax, routes)
                is not { } numberedRoutes
            || Clusters.Follow(snapshot.Clusters, cluster => cluster.Name ?? "", ChangesMax, clusters)
                is not { } numberedClusters
            || routes.Exists(change => HasRegex(change.Before) || HasRegex(change.After)))
            return null;
        long candidates = _candidates + routes.Sum(change =>
            RouteValidator.CandidatesOf(change.After) - RouteValidator.CandidatesOf(change.Before));
        ValidNames? names = SnapshotValidator.FindNoFault(
            snapshot, Source, _names, routes.Select(change => change.After).OfType<HttpRoute>(),
            numberedClusters, clusters);
        return names is null || candidates > ConfigLimits.CandidatesPerSnapshot
            ? null
            : new ValidSnapshot(
                snapshot, Patterns, numberedRoutes, numberedClusters, names, candidates,
                hasWarnings: false)
            {
                TablesBefore = Tables,
                RouteChanges = routes,
            };
    }

    private static bool HasNull<T>(ImmutableArray<T> items) where T : class
    {
        foreach (T item in items)
        {
            if (item is null) return true;
        }

        return false;
    }

    private static bool HasRegex(HttpRoute? route) => route is not null
        && route.Rules.OrEmpty().Any(rule => rule?.Matches.OrEmpty().Any(match =>
            match is not null && (match.Path?.Kind == PathMatchKind.Regex
                || match.Headers.OrEmpty().Any(value => value?.IsRegex == true)
                || match.Query.OrEmpty().Any(value => value?.IsRegex == true))) == true);
}
