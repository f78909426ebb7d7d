using System.Collections.Immutable;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>Changes of one kind that became known together.</summary>
/// <param name="Source">The reflector that tells.</param>
/// <param name="Upserts">Objects that are new or have changed, in the order of their events.</param>
/// <param name="Deletes">Objects that are gone.</param>
/// <param name="IsComplete">
/// True when the source now knows every object that exists: after its first list, and after each later one.
/// </param>
/// <param name="Version">The resource version that the source has followed to.</param>
internal sealed record WatchBatch(
    Reflector Source, ImmutableArray<WatchedObject> Upserts, ImmutableArray<ObjectKey> Deletes,
        bool IsComplete,
    string Version);
