using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// What makes one snapshot out of another: a push that costs what changes. Objects are told apart by name,
/// endpoint sets by their cluster.
/// </summary>
public sealed record SnapshotDelta
{
    /// <summary>The version that it starts from; any other is answered with a conflict.</summary>
    public required string BaseVersion { get; init; }

    /// <summary>The version that comes out.</summary>
    public required string Version { get; init; }

    /// <summary>Objects to add, or to put in the place of those with the same name.</summary>
    public SnapshotChanges Changed { get; init; } = new();

    /// <summary>Names of objects to remove; what is not there is removed already.</summary>
    public SnapshotRemovals Removed { get; init; } = new();

    /// <summary>
    /// The snapshot that comes out. Arrays of which nothing changes are those of <paramref name="start"/>.
    /// Judges nothing: that is Validating.
    /// </summary>
    public Snapshot ApplyTo(Snapshot start) => new()
    {
        Version = Version,
        Listeners = Merge(start.Listeners, Changed?.Listeners, Removed?.Listeners, item => item?.Name),
        Routes = Merge(start.Routes, Changed?.Routes, Removed?.Routes, item => item?.Name),
        Clusters = Merge(start.Clusters, Changed?.Clusters, Removed?.Clusters, item => item?.Name),
        EndpointSets = Merge(
            start.EndpointSets, Changed?.EndpointSets, Removed?.EndpointSets, item => item?.Cluster),
    };

    // In the order of the start; what is new goes behind and puts the list in order of names.
    private static ImmutableArray<T> Merge<T>(
        ImmutableArray<T> start, ImmutableArray<T>? changes, ImmutableArray<string>? removals,
        Func<T, string?> nameOf)
    {
        ImmutableArray<T> changed = changes is { IsDefault: false } given ? given : [];
        ImmutableArray<string> removed = removals is { IsDefault: false } names ? names : [];
        if (changed.IsEmpty && removed.IsEmpty) return start;
        HashSet<string> gone = new(removed.Where(name => name is not null), StringComparer.Ordinal);
        Dictionary<string, T> left = new(StringComparer.Ordinal);
        List<T> extra = [];
        foreach (T item in changed)
        {
            // Without a name, or twice: kept for Validating to complain of.
            if (nameOf(item) is not { } name || !left.TryAdd(name, item)) extra.Add(item);
        }

        List<T> result = new(start.Length + changed.Length);
        foreach (T item in start)
        {
            string name = nameOf(item) ?? "";
            if (left.Remove(name, out T? replacement)) result.Add(replacement);
            else if (!gone.Contains(name)) result.Add(item);
        }

        bool hasNew = left.Count + extra.Count > 0;
        result.AddRange(left.Values);
        result.AddRange(extra);
        IEnumerable<T> ordered = hasNew ? result.OrderBy(nameOf, StringComparer.Ordinal) : result;
        return [.. ordered];
    }
}
