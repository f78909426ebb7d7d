using Serval.Config.Model;
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

    /// <summary>The whole snapshot as JSON, written once for all routers.</summary>
    public ReadOnlyMemory<byte> Json => _json.Value;
}
