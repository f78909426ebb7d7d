using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>
/// The proof that a snapshot was checked and found without errors; only from this are tables compiled.
/// Immutable.
/// </summary>
public sealed class ValidSnapshot
{
    // Only read from here on; shared along a chain of changes of endpoints.
    private readonly HashSet<string> _clusterNames;

    private ValidSnapshot(Snapshot source, PatternSet patterns, HashSet<string> clusterNames)
    {
        Source = source;
        Patterns = patterns;
        _clusterNames = clusterNames;
    }

    /// <summary>What was checked.</summary>
    public Snapshot Source { get; }

    /// <summary>Its regular expressions, compiled; only read from here on.</summary>
    internal PatternSet Patterns { get; }

    /// <summary>
    /// Checks a snapshot; null when a finding is an error. What it shares with one that is known to be valid,
    /// array for array, is not looked at again, so that a change of endpoints costs what changes.
    /// </summary>
    /// <param name="snapshot">Whatever a deserialiser or a translation produced.</param>
    /// <param name="known">A valid snapshot that this one may share arrays with; null for none.</param>
    /// <param name="findings">Every problem, in the order of the snapshot.</param>
    /// <param name="readers">
    /// How many threads at most will look up with a <see cref="Compiling.RequestTarget.Reader"/>.
    /// </param>
    public static ValidSnapshot? TryCreate(
        Snapshot? snapshot, ValidSnapshot? known, out ImmutableArray<Finding> findings, int readers = 0)
    {
        bool isEndpointsOnly = snapshot is not null && known is not null && known.HasTablesOf(snapshot);
        PatternSet patterns = isEndpointsOnly
            ? known!.Patterns : new PatternSet(readers + 1, known?.Patterns);
        HashSet<string> clusterNames = isEndpointsOnly ? known!._clusterNames : [];
        findings = isEndpointsOnly
            ? SnapshotValidator.ValidateEndpoints(snapshot!, known!.Source, clusterNames)
            : SnapshotValidator.Validate(snapshot, patterns, out clusterNames);
        patterns.Complete();
        foreach (Finding finding in findings)
        {
            if (finding.Severity == Severity.Error) return null;
        }

        return new ValidSnapshot(snapshot!, patterns, clusterNames);
    }

    /// <summary>
    /// True when a snapshot has this one's listeners, routes and clusters, the arrays themselves: its tables
    /// would be the same, and only endpoints can differ.
    /// </summary>
    public bool HasTablesOf(Snapshot other) =>
        Source.Listeners == other.Listeners && Source.Routes == other.Routes
        && Source.Clusters == other.Clusters;
}
