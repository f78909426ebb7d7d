using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Wire;

namespace Serval.Control.Publishing;

/// <summary>What every router should run.</summary>
/// <param name="Snapshot">The configuration.</param>
/// <param name="Sequence">Counts the snapshots of this process; a later one is larger.</param>
/// <param name="Generation">
/// How far the objects behind it were followed: the largest resource version. Two replicas can compare it.
/// </param>
internal sealed record PushTarget(Snapshot Snapshot, long Sequence, long Generation)
{
    private readonly Lazy<byte[]> _json = new(() => SnapshotJson.Write(Snapshot));

    /// <summary>The certificates with their keys that it names.</summary>
    public ImmutableArray<KeyPair> KeyPairs { get; init; } = [];

    /// <summary>Names and digests alone.</summary>
    public override string ToString() => $"{Snapshot.Version} ({Sequence})";

    /// <summary>The whole snapshot as JSON, written once for all routers.</summary>
    public ReadOnlyMemory<byte> Json => _json.Value;
}
