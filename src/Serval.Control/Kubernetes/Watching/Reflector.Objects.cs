using System.Collections.Immutable;
using System.Text.Json;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>What is known of each object, and what a frame or a list changes about it.</summary>
internal sealed partial class Reflector
{
    private readonly Dictionary<ObjectKey, Known> _known = [];
    private readonly List<WatchedObject> _upserts = [];
    private readonly HashSet<ObjectKey> _deletes = [];
    private Dictionary<ObjectKey, WatchedObject>? _initial;
    private WatchBatch? _undelivered;
    private long _events;

    /// <summary>How many objects it knows.</summary>
    public int Count => _known.Count;

    private async ValueTask TakeAsync(WatchFrame frame, CancellationToken stop)
    {
        _events++;
        switch (frame.Type)
        {
            case "ADDED" or "MODIFIED":
                WatchedObject found = _reader.Read(frame.Object);
                if (_initial is not null)
                    Keep(_initial, found);
                else
                    Upsert(found);
                break;
            case "DELETED":
                Delete(_reader.ReadHead(frame.Object).Head);
                break;
            case "BOOKMARK":
                ObjectHead head = _reader.ReadHead(frame.Object).Head;
                if (_initial is null)
                    Volatile.Write(ref _version, head.ResourceVersion);
                else if (head.EndsInitialEvents)
                    await ReplaceAsync(_initial.Values, head.ResourceVersion, stop);
                break;
            case "ERROR":
                await FlushAsync(stop);
                Utf8JsonReader reader = new(frame.Object);
                ApiStatus? status = JsonSerializer.Deserialize(ref reader, ApiJson.Default.ApiStatus);
                throw new ApiException(ApiFault.Of(status, 500, null));
            default:
                throw new JsonException($"A watch has no frames of type {frame.Type}.");
        }
    }

    private static void Keep(Dictionary<ObjectKey, WatchedObject> all, WatchedObject found)
    {
        all[found.Key] = found;
        if (all.Count > KubernetesLimits.ObjectsMax)
            throw new InvalidOperationException(
                $"There are more than {KubernetesLimits.ObjectsMax} objects.");
    }

    private void Upsert(WatchedObject found)
    {
        Volatile.Write(ref _version, found.Head.ResourceVersion);
        _deletes.Remove(found.Key);
        _upserts.Add(Remember(found));
        if (_known.Count > KubernetesLimits.ObjectsMax)
            throw new InvalidOperationException(
                $"There are more than {KubernetesLimits.ObjectsMax} objects.");
    }

    private void Delete(ObjectHead head)
    {
        ObjectKey key = new(scope.Kind.Group, scope.Kind.Kind, head.Namespace, head.Name);
        if (_initial is not null)
        {
            _initial.Remove(key);
            return;
        }
        Volatile.Write(ref _version, head.ResourceVersion);
        _known.Remove(key);
        // Only what came last counts for one key in one batch.
        _upserts.RemoveAll(upsert => upsert.Key == key);
        _deletes.Add(key);
    }

    private WatchedObject Remember(WatchedObject found)
    {
        Known before = _known.GetValueOrDefault(found.Key);
        // One that cannot be read leaves what it was before in use.
        Resource? resource = found.Resource ?? before.Resource;
        _known[found.Key] = new Known(found.Head.Uid, found.Head.ResourceVersion, resource);
        return found with
        {
            IsUnchanged = found.Resource is not null && before.Resource is not null
                && before.Uid == found.Head.Uid && AsksForTheSame(before.Resource, found.Resource),
        };
    }

    /// <summary>
    /// The API server raises the generation of these kinds with every change of their specification; a
    /// change of the status alone, such as our own writing, must not cost a translation.
    /// </summary>
    private static bool AsksForTheSame(Resource before, Resource after)
    {
        if (before is NodeResource old && after is NodeResource now)
            return old.Status.Addresses.SequenceEqual(now.Status.Addresses);
        return after.GroupName == Groups.Gateway
            && after.Metadata.Generation > 0
            && before.Metadata.Generation == after.Metadata.Generation
            && IsSame(before.Metadata.Labels, after.Metadata.Labels)
            && IsSame(before.Metadata.Annotations, after.Metadata.Annotations);
    }

    private static bool IsSame(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Count == after.Count
        && before.All(pair => after.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    /// <summary>Takes the place of everything that was known.</summary>
    private async ValueTask ReplaceAsync(
        IReadOnlyCollection<WatchedObject> all, string version, CancellationToken stop)
    {
        HashSet<ObjectKey> keys = [.. all.Select(found => found.Key)];
        ImmutableArray<ObjectKey> gone = [.. _known.Keys.Where(key => !keys.Contains(key))];
        foreach (ObjectKey key in gone)
            _known.Remove(key);
        ImmutableArray<WatchedObject> changed =
        [
            .. all.Where(found => !_known.TryGetValue(found.Key, out Known known)
                || known.Uid != found.Head.Uid || known.ResourceVersion != found.Head.ResourceVersion)
                .Select(Remember),
        ];
        _initial = null;
        _needsObjects = false;
        _expirations = 0;
        Volatile.Write(ref _version, version);
        await CompleteAsync(changed, gone, stop);
    }

    private async ValueTask CompleteAsync(
        ImmutableArray<WatchedObject> changed, ImmutableArray<ObjectKey> gone, CancellationToken stop)
    {
        _undelivered = new WatchBatch(this, changed, gone, IsComplete: true, Version);
        await DeliverAsync(stop);
        lock (_lock)
        {
            _relisted?.TrySetResult();
            _relisted = null;
        }
    }

    private async ValueTask FlushAsync(CancellationToken stop)
    {
        if (_upserts.Count == 0 && _deletes.Count == 0)
            return;
        _undelivered = new WatchBatch(this, [.. _upserts], [.. _deletes], IsComplete: false, Version);
        _upserts.Clear();
        _deletes.Clear();
        await DeliverAsync(stop);
    }

    // What a batch says is known from now on and never said again. So a batch whose delivery is interrupted,
    // while it waits for room, is kept and delivered before anything else is read.
    private async ValueTask DeliverAsync(CancellationToken stop)
    {
        if (_undelivered is not { } batch)
            return;
        await deliver(batch, stop);
        _undelivered = null;
        HasSynced |= batch.IsComplete;
    }

    private readonly record struct Known(string Uid, string ResourceVersion, Resource? Resource);
}
