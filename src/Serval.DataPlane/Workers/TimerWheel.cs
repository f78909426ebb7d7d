using System.Numerics;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Workers;

/// <summary>
/// Deadlines of connections, in buckets of <see cref="TickMs"/>. Putting a deadline off costs one store: the
/// bucket is left as it is and looked at again when it comes due.
/// Owner: one worker. Thread: the worker's. Bound: one place per connection slot.
/// </summary>
internal sealed class TimerWheel(Slab<Connection> connections)
{
    /// <summary>Resolution in milliseconds: a deadline is met at most this much late, never early.</summary>
    public const int TickMs = 16;

    private const int Buckets = 4_096;
    private readonly int[] _heads = CreateHeads();
    private readonly ulong[] _occupied = new ulong[Buckets / 64];
    private long _tick;

    /// <summary>Sets the clock before the first use.</summary>
    public void Start(long nowMs) => _tick = nowMs / TickMs;

    /// <summary>Sets a connection's deadline; sooner or later than the one it had.</summary>
    public void Set(int slot, long deadlineMs)
    {
        ref Connection connection = ref connections[slot];
        bool isPutOff = connection.TimerBucket >= 0 && deadlineMs >= connection.TimerDueMs;
        connection.DeadlineMs = deadlineMs;
        if (isPutOff) return;
        Remove(slot);
        Insert(slot, deadlineMs);
    }

    /// <summary>Takes a connection out.</summary>
    public void Remove(int slot)
    {
        ref Connection connection = ref connections[slot];
        int bucket = connection.TimerBucket;
        if (bucket < 0) return;
        if (connection.TimerPrevious >= 0)
            connections[connection.TimerPrevious].TimerNext = connection.TimerNext;
        else _heads[bucket] = connection.TimerNext;
        if (connection.TimerNext >= 0)
            connections[connection.TimerNext].TimerPrevious = connection.TimerPrevious;
        if (_heads[bucket] < 0) _occupied[bucket / 64] &= ~(1UL << (bucket & 63));
        connection.TimerBucket = -1;
    }

    /// <summary>
    /// Takes the next connection whose deadline has passed; call until it returns false.
    /// </summary>
    public bool TryExpire(long nowMs, out int slot)
    {
        long target = nowMs / TickMs;
        while (_tick <= target)
        {
            int head = _heads[_tick & (Buckets - 1)];
            if (head >= 0)
            {
                slot = head;
                Remove(slot);
                long deadlineMs = connections[slot].DeadlineMs;
                if (deadlineMs <= nowMs) return true;
                // Put off since, or further away than the wheel is round.
                Insert(slot, Math.Max(deadlineMs, (_tick + 1) * TickMs));
                continue;
            }

            if (_tick == target) break;
            _tick++;
        }

        slot = -1;
        return false;
    }

    /// <summary>
    /// Milliseconds until the next bucket that holds something, at most <paramref name="mostMs"/>.
    /// </summary>
    public long UntilNextMs(long nowMs, long mostMs)
    {
        int start = (int)(_tick & (Buckets - 1));
        for (int words = 0; words <= _occupied.Length; words++)
        {
            int word = ((start / 64) + words) % _occupied.Length;
            ulong bits = _occupied[word];
            if (words == 0) bits &= ulong.MaxValue << (start & 63);
            if (bits == 0) continue;
            int bucket = (word * 64) + BitOperations.TrailingZeroCount(bits);
            long distance = (bucket - start + Buckets) & (Buckets - 1);
            long dueMs = (_tick + distance) * TickMs;
            return Math.Clamp(dueMs - nowMs, 1, mostMs);
        }

        return mostMs;
    }

    private void Insert(int slot, long deadlineMs)
    {
        // Rounded up, so that no deadline is met early.
        long tick = Math.Clamp((deadlineMs + TickMs - 1) / TickMs, _tick, _tick + Buckets - 1);
        int bucket = (int)(tick & (Buckets - 1));
        ref Connection connection = ref connections[slot];
        connection.TimerBucket = bucket;
        connection.TimerDueMs = tick * TickMs;
        connection.TimerPrevious = -1;
        connection.TimerNext = _heads[bucket];
        if (connection.TimerNext >= 0) connections[connection.TimerNext].TimerPrevious = slot;
        _heads[bucket] = slot;
        _occupied[bucket / 64] |= 1UL << (bucket & 63);
    }

    private static int[] CreateHeads()
    {
        int[] heads = new int[Buckets];
        Array.Fill(heads, -1);
        return heads;
    }
}
