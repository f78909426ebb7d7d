using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Store;

/// <summary>What a source has learned in one step. It takes effect as a whole.</summary>
internal sealed record ChangeBatch
{
    /// <summary>Objects that were added or changed. Of one key the last counts.</summary>
    public ImmutableArray<Resource> Upserts { get; init; } = [];

    /// <summary>Objects that were removed; a key that nobody knows is no fault.</summary>
    public ImmutableArray<ObjectKey> Deletes { get; init; } = [];

    /// <summary>
    /// Kinds of which <see cref="Upserts"/> holds every object: others of these kinds are removed. So a list
    /// replaces what a watch has brought before.
    /// </summary>
    public ImmutableArray<ResourceKind> Replaced { get; init; } = [];

    /// <summary>
    /// Kinds of which the source has now told everything once. A kind stays synced for good.
    /// </summary>
    public ImmutableArray<ResourceKind> Synced { get; init; } = [];
}
