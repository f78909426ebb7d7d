namespace Serval.DataPlane.Swapping;

/// <summary>
/// The snapshots that one worker still reads: the current one and those that exchanges pin. Counting is the
/// worker's alone; what others see is the list of sequences, written so that a snapshot is freed only when no
/// worker can reach it any more.
/// Owner: one worker. Thread: the worker's; <see cref="MayFree"/> from the publisher. Bound:
/// <see cref="Limits.SnapshotsPinned"/>; full: the newer snapshot is adopted later.
/// </summary>
internal sealed class SnapshotPins
{
    private readonly PublishedSnapshot?[] _snapshots = new PublishedSnapshot?[Limits.SnapshotsPinned];
    private readonly int[] _counts = new int[Limits.SnapshotsPinned];
    private readonly long[] _sequences = new long[Limits.SnapshotsPinned];
    private long _adopted;
    private int _current = -1;

    /// <summary>What new exchanges use; null before the first adoption.</summary>
    public PublishedSnapshot? Current => _current < 0 ? null : _snapshots[_current];

    /// <summary>The newest sequence that was adopted; read by the publisher.</summary>
    public long Adopted => Volatile.Read(ref _adopted);

    /// <summary>
    /// Makes a snapshot current. False when every place is pinned by an exchange in progress.
    /// </summary>
    public bool TryAdopt(PublishedSnapshot snapshot)
    {
        int place = Array.IndexOf(_snapshots, null);
        if (place < 0) return false;
        int previous = _current;
        _snapshots[place] = snapshot;
        _counts[place] = 0;
        // Order matters: the new sequence is listed before it is announced as adopted, and the old one leaves
        // the list only afterwards.
        Volatile.Write(ref _sequences[place], snapshot.Sequence);
        _current = place;
        Volatile.Write(ref _adopted, snapshot.Sequence);
        if (previous >= 0) FreeIfUnused(previous);
        return true;
    }

    /// <summary>Pins the current snapshot for one exchange; returns the pin.</summary>
    public int Pin()
    {
        _counts[_current]++;
        return _current;
    }

    /// <summary>The snapshot of a pin.</summary>
    public PublishedSnapshot this[int pin] => _snapshots[pin]!;

    /// <summary>Ends a pin.</summary>
    public void Unpin(int pin)
    {
        _counts[pin]--;
        if (pin != _current) FreeIfUnused(pin);
    }

    /// <summary>
    /// True when this worker has gone past a snapshot and no exchange of its pins it. Any thread.
    /// </summary>
    public bool MayFree(long sequence)
    {
        if (Volatile.Read(ref _adopted) <= sequence) return false;
        for (int i = 0; i < _sequences.Length; i++)
        {
            if (Volatile.Read(ref _sequences[i]) == sequence) return false;
        }

        return true;
    }

    private void FreeIfUnused(int place)
    {
        if (_counts[place] != 0) return;
        _snapshots[place] = null;
        Volatile.Write(ref _sequences[place], 0);
    }
}
