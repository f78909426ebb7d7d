using Serval.Control.Publishing;

namespace Serval.Control;

/// <summary>What a gateway does at one moment, for screens and metrics. Immutable.</summary>
public sealed record GatewayView
{
    /// <summary>Name of this replica.</summary>
    public required string Identity { get; init; }

    /// <summary>Whether it writes status now.</summary>
    public required bool IsLeader { get; init; }

    /// <summary>Who does; empty for nobody.</summary>
    public required string Leader { get; init; }

    /// <summary>The epoch that its pushes carry; 0 before any leader was seen.</summary>
    public required long Epoch { get; init; }

    /// <summary>The largest resource version that it has followed to.</summary>
    public required long Generation { get; init; }

    /// <summary>The version that every router should run; null before every kind is synced.</summary>
    public required string? Version { get; init; }

    /// <summary>Counts the snapshots of this process.</summary>
    public required long Sequence { get; init; }

    /// <summary>The routers.</summary>
    public required FleetState Fleet { get; init; }

    /// <summary>Watches that have known every object at one moment.</summary>
    public required int SyncedWatches { get; init; }

    /// <summary>All watches.</summary>
    public required int Watches { get; init; }

    /// <summary>Objects that the watches know.</summary>
    public required int Objects { get; init; }

    /// <summary>Objects that others refer to and that are not read, because there are too many.</summary>
    public required int ReferencesLeftOut { get; init; }

    /// <summary>Reads of the API server that failed; each was tried again.</summary>
    public required long WatchFailures { get; init; }

    /// <summary>Statuses that were written.</summary>
    public required long StatusWrites { get; init; }

    /// <summary>Writes of a status that failed; each was tried again.</summary>
    public required long StatusFailures { get; init; }

    /// <summary>Statuses that wait to be looked at.</summary>
    public required int StatusWaiting { get; init; }
}
