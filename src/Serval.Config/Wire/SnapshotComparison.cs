using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serval.Config.Model;

namespace Serval.Config.Wire;

/// <summary>
/// What differs between two snapshots, object by object. Objects that are the same instance cost nothing;
/// others are compared by their JSON.
/// </summary>
public static class SnapshotComparison
{
    /// <summary>
    /// The objects that differ, by kind and then by name. Versions are not compared: they are only names.
    /// </summary>
    /// <param name="before">What was; null for nothing.</param>
    /// <param name="after">What is.</param>
    public static ImmutableArray<ObjectChange> Between(Snapshot? before, Snapshot after)
    {
        ImmutableArray<ObjectChange>.Builder changes = ImmutableArray.CreateBuilder<ObjectChange>();
        Compare(ObjectKind.Listener, before?.Listeners ?? [], after.Listeners, item => item.Name, changes);
        Compare(ObjectKind.Route, before?.Routes ?? [], after.Routes, item => item.Name, changes);
        Compare(ObjectKind.Cluster, before?.Clusters ?? [], after.Clusters, item => item.Name, changes);
        Compare(
            ObjectKind.Endpoints, before?.EndpointSets ?? [], after.EndpointSets, item => item.Cluster,
            changes);
        Compare(ObjectKind.TlsRoute, before?.TlsRoutes ?? [], after.TlsRoutes, item => item.Name, changes);
        Compare(
            ObjectKind.Certificate, before?.Certificates ?? [], after.Certificates, item => item.Name,
            changes);
        Compare(
            ObjectKind.Authority, before?.Authorities ?? [], after.Authorities, item => item.Name, changes);
        return changes.ToImmutable();
    }

    /// <summary>Whether two objects of snapshots say the same.</summary>
    public static bool AreEqual<T>(T one, T other)
        where T : class => ReferenceEquals(one, other) || Write(one) == Write(other);

    /// <summary>Whether two snapshots say the same, their versions included.</summary>
    public static bool AreEqual(Snapshot one, Snapshot other) => ReferenceEquals(one, other)
        || (one.Version == other.Version
            && SnapshotJson.Write(one).AsSpan().SequenceEqual(SnapshotJson.Write(other)));

    private static void Compare<T>(
        ObjectKind kind, ImmutableArray<T> before, ImmutableArray<T> after, Func<T, string> nameOf,
        ImmutableArray<ObjectChange>.Builder changes)
        where T : class
    {
        List<T> lost = [];
        List<T> gained = [];
        ListDifference.Find(before, after, nameOf, lost, gained);
        Dictionary<string, T> left = new(StringComparer.Ordinal);
        foreach (T item in lost) left[nameOf(item)] = item;
        List<ObjectChange> found = [];
        foreach (T item in gained)
        {
            left.Remove(nameOf(item), out T? old);
            if (ReferenceEquals(old, item)) continue;
            string text = Write(item);
            string? oldText = old is null ? null : Write(old);
            if (text != oldText) found.Add(new ObjectChange(kind, nameOf(item), oldText, text));
        }

        foreach ((string name, T item) in left)
            found.Add(new ObjectChange(kind, name, Write(item), null));
        changes.AddRange(found.OrderBy(change => change.Name, StringComparer.Ordinal));
    }

    private static string Write<T>(T item) => Encoding.UTF8.GetString(
        JsonSerializer.SerializeToUtf8Bytes(
            item, (JsonTypeInfo<T>)SnapshotJsonContract.Indented.GetTypeInfo(typeof(T))));
}
