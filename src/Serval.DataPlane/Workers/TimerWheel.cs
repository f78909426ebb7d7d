using System.Numerics;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Workers;

/// <summary>
/// Deadlines by timer id, in buckets of <see cref="TickMs"/>. There is one id per transport, per exchange,
/// per exchange's attempt, and one for each thing that a worker has once. Another kind of owner is another
/// row of ids. Putting a deadline off, or clearing it, costs one store: the bucket is left as it
/// is and looked at again when it comes due.
/// Owner: one worker. Thread: the worker's. Bound: one place per id.
/// </summary>
internal sealed class TimerWheel : IDisposable
{
    /// <summary>Resolution in milliseconds: a deadline is met at most this much late, never early.</summary>
    public const int TickMs = 16;

    private const int Buckets = 4_096;
    private const long Never = long.MaxValue;
    private readonly int[] _heads = CreateHeads();
    private readonly ulong[] _occupied = new ulong[Buckets / 64];
    private readonly Slab<TimerPlace> _places;
    private readonly int _transports;
    private readonly int _single;
    private long _tick;

    /// <param name="transports">Transport slots.</param>
    /// <param name="exchanges">Exchange slots.</param>
    public TimerWheel(int transports, int exchanges)
    {
        _transports = transports;
        _single = transports + (2 * exchanges);
        _places = new Slab<TimerPlace>(_single + 2);
    }

    /// <summary>The timer of a transport.</summary>
    public static int OfTransport(int slot) => slot;

    /// <summary>The timer of an exchange.</summary>
    public int OfExchange(int id) => _transports + (2 * id);

    /// <summary>
    /// The timer of an exchange's attempt: beside the exchange's, in the same line of the processor's cache.
    /// </summary>
    public int OfAttempt(int id) => _transports + (2 * id) + 1;

    /// <summary>The timer of the acceptor.</summary>
    public int OfAccepts => _single;

    /// <summary>The timer of the worker's memory.</summary>
    public int OfMemory => _single + 1;

    /// <summary>Whose a timer is, and which of them.</summary>
    public TimerOwner OwnerOf(int timer, out int index)
    {
        index = timer;
        if (index < _transports) return TimerOwner.Transport;
        if (timer < _single)
        {
            int place = index - _transports;
            index = place >> 1;
            return (place & 1) == 0 ? TimerOwner.Exchange : TimerOwner.Attempt;
        }

        bool isAccepts = timer == OfAccepts;
        index = 0;
        return isAccepts ? TimerOwner.Accepts : TimerOwner.Memory;
    }

    /// <summary>Sets the clock before the first use.</summary>
    public void Start(long nowMs) => _tick = nowMs / TickMs;

    /// <summary>Sets a deadline; sooner or later than the one before.</summary>
    public void Set(int timer, long deadlineMs)
    {
        ref TimerPlace place = ref _places[timer];
        place.DeadlineMs = deadlineMs;
        if (place.BucketPlusOne != 0)
        {
            if (deadlineMs >= place.DueMs) return;
            Remove(ref place);
        }

        Insert(timer, ref place, deadlineMs);
    }

    /// <summary>Sets a deadline unless there is one that comes sooner.</summary>
    public void SetSooner(int timer, long deadlineMs)
    {
        ref TimerPlace place = ref _places[timer];
        bool isSet = place.BucketPlusOne != 0 && place.DeadlineMs != Never;
        if (!isSet || deadlineMs < place.DeadlineMs) Set(timer, deadlineMs);
    }

    /// <summary>Takes a deadline away.</summary>
    public void Clear(int timer) => _places[timer].DeadlineMs = Never;

    /// <summary>
    /// Takes the next timer whose deadline has passed; call until it returns false.
    /// </summary>
    public bool TryExpire(long nowMs, out int timer)
    {
        long target = nowMs / TickMs;
        while (_tick <= target)
        {
            int head = _heads[_tick & (Buckets - 1)];
            if (head >= 0)
            {
                timer = head;
                ref TimerPlace place = ref _places[timer];
                Remove(ref place);
                long deadlineMs = place.DeadlineMs;
                if (deadlineMs <= nowMs) return true;
                // Put off since, or further away than the wheel is round.
                if (deadlineMs != Never) Insert(timer, ref place, Math.Max(deadlineMs, (_tick + 1) * TickMs));
                continue;
            }

            if (_tick == target) break;
            _tick++;
        }

        timer = -1;
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

    public void Dispose() => _places.Dispose();

    private void Remove(ref TimerPlace place)
    {
        int bucket = place.BucketPlusOne - 1;
        if (place.Previous >= 0) _places[place.Previous].Next = place.Next;
        else _heads[bucket] = place.Next;
        if (place.Next >= 0) _places[place.Next].Previous = place.Previous;
        if (_heads[bucket] < 0) _occupied[bucket / 64] &= ~(1UL << (bucket & 63));
        place.BucketPlusOne = 0;
    }

    private void Insert(int timer, ref TimerPlace place, long deadlineMs)
    {
        // Rounded up, so that no deadline is met early.
        long tick = Math.Clamp((deadlineMs + TickMs - 1) / TickMs, _tick, _tick + Buckets - 1);
        int bucket = (int)(tick & (Buckets - 1));
        place.BucketPlusOne = bucket + 1;
        place.DueMs = tick * TickMs;
        place.Previous = -1;
        place.Next = _heads[bucket];
        if (place.Next >= 0) _places[place.Next].Previous = timer;
        _heads[bucket] = timer;
        _occupied[bucket / 64] |= 1UL << (bucket & 63);
    }

    private static int[] CreateHeads()
    {
        int[] heads = new int[Buckets];
        Array.Fill(heads, -1);
        return heads;
    }
}
