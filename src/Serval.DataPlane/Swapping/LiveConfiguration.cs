using Serval.DataPlane.Balancing;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// What is published to workers: one pointer for the route tables, one for the endpoints.
/// Thread: the publisher writes, every worker reads once per turn.
/// </summary>
internal sealed class LiveConfiguration
{
    private PublishedSnapshot? _snapshot;
    private EndpointDirectory _directory = EndpointDirectory.Empty;

    /// <summary>The newest snapshot; null before the first.</summary>
    public PublishedSnapshot? Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>The newest endpoints.</summary>
    public EndpointDirectory Directory
    {
        get => Volatile.Read(ref _directory);
        set => Volatile.Write(ref _directory, value);
    }
}
