using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>Where a role's configuration comes from.</summary>
internal sealed record RoleSource
{
    /// <summary>Brings the first configuration, then every later one, until it is cancelled.</summary>
    public required Func<CancellationToken, Task> FeedAsync { get; init; }

    /// <summary>Takes a pushed snapshot; null where there is no push.</summary>
    public Func<Snapshot, CancellationToken, Task<ApplyResult>>? Publish { get; init; }

    /// <summary>
    /// Takes a pushed delta; null where there is no push. The answer is null when its base is not live.
    /// </summary>
    public Func<SnapshotDelta, CancellationToken, Task<ApplyResult?>>? PublishDelta { get; init; }

    /// <summary>Reads the source again; null where there is none.</summary>
    public Func<CancellationToken, Task<ApplyResult>>? Reload { get; init; }
}
