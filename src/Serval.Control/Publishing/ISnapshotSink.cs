using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Secrets;

namespace Serval.Control.Publishing;

/// <summary>Where snapshots go: routers over HTTP, or the data plane of this process.</summary>
public interface ISnapshotSink
{
    /// <summary>What has become of the snapshots; a new object after every change.</summary>
    FleetState State { get; }

    /// <summary>Raised after <see cref="State"/> changed, on any thread. Must return soon.</summary>
    event Action? Changed;

    /// <summary>Publishes a snapshot as soon as it can; a later one takes its place. Does not wait.</summary>
    /// <param name="snapshot">Always valid.</param>
    /// <param name="sequence">Counts snapshots of this process.</param>
    /// <param name="generation">The largest resource version behind it.</param>
    /// <param name="keyPairs">
    /// The certificates with their keys that it names; they go ahead of it, by a way of their own.
    /// </param>
    void Offer(Snapshot snapshot, long sequence, long generation, ImmutableArray<KeyPair> keyPairs);
}
