using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// What a snapshot holds, or what it changes, in a few words for the log. Costs a look at each reference of a
/// list that is not the same array, and a comparison for at most <see cref="ComparedMax"/> objects of a kind.
/// </summary>
internal static class ChangeWords
{
    private const int ComparedMax = 64;
    private const int ClustersNamed = 3;

    /// <summary>One line without a full stop.</summary>
    /// <param name="before">What was live; null for nothing.</param>
    /// <param name="after">What is live now.</param>
    public static string Between(Snapshot? before, Snapshot after)
    {
        if (before is null) return Content(after);
        List<string> words = [];
        Add(words, "listeners", before.Listeners, after.Listeners, item => item.Name);
        Add(words, "routes", before.Routes, after.Routes, item => item.Name);
        Add(words, "TLS routes", before.TlsRoutes, after.TlsRoutes, item => item.Name);
        Add(words, "clusters", before.Clusters, after.Clusters, item => item.Name);
        AddEndpoints(words, before.EndpointSets, after.EndpointSets);
        return words.Count == 0 ? "it changes nothing" : string.Join("; ", words);
    }

    private static string Content(Snapshot snapshot)
    {
        int endpoints = 0;
        foreach (EndpointSet set in snapshot.EndpointSets) endpoints += set.Endpoints.Length;
        string tls = snapshot.TlsRoutes.IsEmpty ? "" : Count(snapshot.TlsRoutes.Length, "TLS route") + ", ";
        return $"{Count(snapshot.Listeners.Length, "listener")}, {Count(snapshot.Routes.Length, "route")}, "
            + $"{tls}{Count(snapshot.Clusters.Length, "cluster")}, {Count(endpoints, "endpoint")}";
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static void Add<T>(
        List<string> words, string noun, ImmutableArray<T> before, ImmutableArray<T> after,
        Func<T, string> nameOf)
        where T : class
    {
        List<T> lost = [];
        List<T> gained = [];
        ListDifference.Find(before, after, nameOf, lost, gained);
        Dictionary<string, T> left = ByName(lost, nameOf);
        int added = 0;
        int changed = 0;
        int compared = 0;
        foreach (T item in gained)
        {
            if (!left.Remove(nameOf(item), out T? old)) added++;
            else if (!ReferenceEquals(old, item) && compared++ < ComparedMax
                && !SnapshotComparison.AreEqual(old, item)) changed++;
        }

        List<string> parts = [];
        if (added + left.Count > 0) parts.Add(Text($"+{added} −{left.Count}"));
        if (changed > 0) parts.Add(Text($"{changed}{(compared > ComparedMax ? " or more" : "")} changed"));
        bool isOne = parts.Count == 1 && changed == 1 && compared <= ComparedMax;
        if (parts.Count > 0) words.Add($"{string.Join(", ", parts)} {(isOne ? noun[..^1] : noun)}");
    }

    private static void AddEndpoints(
        List<string> words, ImmutableArray<EndpointSet> before, ImmutableArray<EndpointSet> after)
    {
        List<EndpointSet> lost = [];
        List<EndpointSet> gained = [];
        ListDifference.Find(before, after, set => set.Cluster, lost, gained);
        Dictionary<string, EndpointSet> left = ByName(lost, set => set.Cluster);
        int named = 0;
        int more = 0;
        foreach (EndpointSet set in gained)
        {
            int old = left.Remove(set.Cluster, out EndpointSet? found) ? found.Endpoints.Length : 0;
            if (found is not null && (ReferenceEquals(found, set)
                || (old == set.Endpoints.Length && SnapshotComparison.AreEqual(found, set)))) continue;
            if (named++ < ClustersNamed)
                words.Add(Text($"{set.Cluster}: {old} → {Count(set.Endpoints.Length, "endpoint")} ready"));
            else more++;
        }

        foreach ((string cluster, EndpointSet set) in left)
        {
            if (named++ < ClustersNamed)
                words.Add(Text($"{cluster}: {set.Endpoints.Length} → 0 endpoints ready"));
            else more++;
        }

        if (more > 0) words.Add($"endpoints of {Count(more, "more cluster")}");
    }

    private static Dictionary<string, T> ByName<T>(List<T> items, Func<T, string> nameOf)
    {
        Dictionary<string, T> names = new(items.Count, StringComparer.Ordinal);
        foreach (T item in items) names[nameOf(item)] = item;
        return names;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
