using System.Collections.Immutable;
using System.Runtime.InteropServices;

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
    /// The snapshot that comes out. Arrays of which nothing changes are those of <paramref name="start"/>,
    /// where no name is there twice. Judges nothing: that is Validating.
    /// </summary>
    public Snapshot ApplyTo(Snapshot start) => new()
    {
        Version = Version,
        Listeners = Merge(start.Listeners, Changed?.Listeners, Removed?.Listeners, item => item?.Name),
        Routes = Merge(start.Routes, Changed?.Routes, Removed?.Routes, item => item?.Name),
        Clusters = Merge(start.Clusters, Changed?.Clusters, Removed?.Clusters, item => item?.Name),
        EndpointSets = Merge(
            start.EndpointSets, Changed?.EndpointSets, Removed?.EndpointSets, item => item?.Cluster),
        TlsRoutes = Merge(start.TlsRoutes, Changed?.TlsRoutes, Removed?.TlsRoutes, item => item?.Name),
        Certificates = Merge(
            start.Certificates, Changed?.Certificates, Removed?.Certificates, item => item?.Name),
        Authorities = Merge(
            start.Authorities, Changed?.Authorities, Removed?.Authorities, item => item?.Name),
    };

    // In the order of the start; what is new goes behind and puts the list in order of names.
    private static ImmutableArray<T> Merge<T>(
        ImmutableArray<T> start, ImmutableArray<T>? changes, ImmutableArray<string>? removals,
        Func<T, string?> nameOf)
    {
        ImmutableArray<T> changed = changes is { IsDefault: false } given ? given : [];
        ImmutableArray<string> removed = removals is { IsDefault: false } names ? names : [];
        if (changed.IsEmpty && removed.IsEmpty) return start;
        if (removed.IsEmpty && TryReplace(start, changed, nameOf) is { IsDefault: false } replaced)
            return replaced;
        HashSet<string> gone = new(removed.Where(name => name is not null), StringComparer.Ordinal);
        if (TryMergeSorted(start, changed, gone, nameOf) is { IsDefault: false } merged) return merged;
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

    // The same in one pass, where both lists are in order of names, as Serval writes them. No array where an
    // order is broken or a name is missing.
    private static ImmutableArray<T> TryMergeSorted<T>(
        ImmutableArray<T> start, ImmutableArray<T> changed, HashSet<string> gone, Func<T, string?> nameOf)
    {
        if (!IsSorted(changed, nameOf)) return default;
        ImmutableArray<T>.Builder result = ImmutableArray.CreateBuilder<T>(start.Length + changed.Length);
        int next = 0;
        string? before = null;
        foreach (T item in start)
        {
            if (!IsBehind(before, nameOf(item), out string name)) return default;
            before = name;
            int order = 1;
            while (next < changed.Length
                && (order = string.CompareOrdinal(nameOf(changed[next]), name)) <= 0)
            {
                result.Add(changed[next++]);
                if (order == 0) break;
            }

            if (order != 0 && !gone.Contains(name)) result.Add(item);
        }

        result.AddRange(changed.AsSpan()[next..]);
        return result.DrainToImmutable();
    }

    private static bool IsSorted<T>(ImmutableArray<T> items, Func<T, string?> nameOf)
    {
        string? before = null;
        foreach (T item in items)
        {
            if (!IsBehind(before, nameOf(item), out string name)) return false;
            before = name;
        }

        return true;
    }

    private static bool IsBehind(string? before, string? given, out string name)
    {
        name = given ?? "";
        return given is not null && (before is null || string.CompareOrdinal(before, given) < 0);
    }

    // Where names are in order, as Serval writes them, what is replaced is found without a look at the rest.
    // No array where one is not found so, or is there twice.
    private static ImmutableArray<T> TryReplace<T>(
        ImmutableArray<T> start, ImmutableArray<T> changed, Func<T, string?> nameOf)
    {
        Dictionary<int, T> byPlace = [];
        foreach (T item in changed)
        {
            int place = nameOf(item) is { } name ? Find(start, name, nameOf) : -1;
            if (place < 0 || !byPlace.TryAdd(place, item)) return default;
        }

        T[] result = new T[start.Length];
        start.CopyTo(result);
        foreach ((int place, T item) in byPlace) result[place] = item;
        return ImmutableCollectionsMarshal.AsImmutableArray(result);
    }

    private static int Find<T>(ImmutableArray<T> sorted, string name, Func<T, string?> nameOf)
    {
        int low = 0;
        int high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(nameOf(sorted[middle]), name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }
}
