using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Reporting;

/// <summary>An object as the API server last showed it, as far as writing its status needs it.</summary>
/// <param name="Uid">Tells an object from a later one of the same name.</param>
/// <param name="ResourceVersion">A write must name it.</param>
/// <param name="Generation">Version of its specification.</param>
/// <param name="Json">Its status; empty for none.</param>
internal sealed record ObservedStatus(
    string Uid, string ResourceVersion, long Generation, ReadOnlyMemory<byte> Json)
{
    /// <summary>
    /// What was last found to be written here already; null for nothing. It goes when the API server shows
    /// another version.
    /// </summary>
    public ObjectStatus? Agreed { get; set; }

    /// <summary>When we wrote to this object last, milliseconds; null for never.</summary>
    public long? WrittenAtMs { get; init; }

    /// <summary>What a watch or an answer showed.</summary>
    public static ObservedStatus Of(WatchedObject found) => new(
        found.Head.Uid, found.Head.ResourceVersion, found.Head.Generation, found.Status);

    /// <summary>True when this was written later. Numbers that grow, as etcd counts.</summary>
    public bool IsNewerThan(ObservedStatus other) =>
        !long.TryParse(ResourceVersion, out long ours)
            || !long.TryParse(other.ResourceVersion, out long theirs)
        || ours > theirs;
}
