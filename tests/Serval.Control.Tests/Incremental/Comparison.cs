using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// A control plane that is fed step by step, beside what a fresh one makes of the same objects at once.
/// </summary>
internal sealed class Comparison(Random random, TranslationOptions options)
{
    private readonly ControlPlane _plane = new(options, ResourceKind.All);
    private readonly Dictionary<ObjectKey, Resource> _objects = [];
    private Translation? _current;
    private StatusReport _followed = new();

    /// <summary>What the last step led to.</summary>
    public Translation Current => _current!;

    /// <summary>Applies a batch and compares everything that comes out.</summary>
    public void Step(ChangeBatch batch)
    {
        foreach (ObjectKey key in batch.Deletes)
            _objects.Remove(key);
        foreach (Resource resource in batch.Upserts)
            _objects[resource.Key] = resource;
        bool isFirst = _current is null;
        Translation? next = _plane.Apply(isFirst ? batch with { Synced = [.. ResourceKind.All] } : batch);
        Translation fresh = Fresh();
        if (next is null)
        {
            Assert.Equal(Text(fresh), Text(_current!));
            return;
        }
        Assert.Equal(Text(fresh), Text(next));
        Assert.Equal(
            next.Snapshot.Certificates.Select(certificate => $"{certificate.Name} ({certificate.Digest})"),
            next.KeyPairs.Select(pair => pair.ToString()));
        Assert.Empty(SnapshotValidator.Validate(next.Snapshot));
        if (!isFirst)
            CheckDelta(_current!.Snapshot, next);
        Follow(next);
        _current = next;
    }

    private Translation Fresh()
    {
        Resource[] shuffled = [.. _objects.Values];
        random.Shuffle(shuffled);
        ControlPlane plane = new(options, ResourceKind.All);
        return plane.Apply(new ChangeBatch { Upserts = [.. shuffled], Synced = [.. ResourceKind.All] })!;
    }

    // What a router that has the snapshot before makes of the delta as it travels.
    private static void CheckDelta(Snapshot before, Translation next)
    {
        if (next.Delta is null)
        {
            Assert.Same(before, next.Snapshot);
            return;
        }
        Assert.Equal(before.Version, next.Delta.BaseVersion);
        Assert.NotEqual(before.Version, next.Delta.Version);
        SnapshotDelta travelled = SnapshotJson.ReadDelta(SnapshotJson.Write(next.Delta), out _)!;
        Snapshot live = SnapshotJson.Read(SnapshotJson.Write(before), out _)!;
        Assert.Equal(Text(next.Snapshot), Text(travelled.ApplyTo(live)));
    }

    // Who writes only the statuses that changed has written them all.
    private void Follow(Translation next)
    {
        _followed = _followed with
        {
            Objects = next.StatusChanges.Aggregate(_followed.Objects, (objects, key) =>
                next.Status.Objects.TryGetValue(key, out ObjectStatus? status)
                    ? objects.SetItem(key, status)
                    : objects.Remove(key)),
        };
        Assert.Equal(StatusYaml.Write(next.Status), StatusYaml.Write(_followed));
    }

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(SnapshotJson.Write(snapshot));

    private static string Text(Translation translation) =>
        $"{Text(translation.Snapshot)}\n{StatusYaml.Write(translation.Status)}\n"
        + string.Join('\n', translation.Findings);
}
