using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>Where a role's configuration comes from.</summary>
internal sealed record RoleSource
{
    /// <summary>
    /// Brings the first configuration, then every later one, until it is cancelled. Calls its first argument
    /// once the first is live or refused, or there is none to begin with.
    /// </summary>
    public required Func<Action, CancellationToken, Task> FeedAsync { get; init; }

    /// <summary>What keeps the source from working as it should; none where nothing can.</summary>
    public Func<ImmutableArray<Finding>> Findings { get; init; } = () => [];

    /// <summary>Takes a pushed snapshot; null where there is no push.</summary>
    public Func<Snapshot, PushTerm?, CancellationToken, Task<PushAnswer>>? Publish { get; init; }

    /// <summary>Takes a pushed delta; null where there is no push.</summary>
    public Func<SnapshotDelta, PushTerm?, CancellationToken, Task<PushAnswer>>? PublishDelta { get; init; }

    /// <summary>
    /// Takes pushed certificates with their keys, and wipes them; null where there is no push.
    /// </summary>
    public Func<SecretsPush, CancellationToken, Task<ImmutableArray<Finding>>>? PutSecrets { get; init; }

    /// <summary>Reads the source again; null where there is none.</summary>
    public Func<CancellationToken, Task<ApplyResult>>? Reload { get; init; }
}
