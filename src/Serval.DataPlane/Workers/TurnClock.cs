using System.Buffers;
using System.Buffers.Text;

namespace Serval.DataPlane.Workers;

/// <summary>
/// Time as a turn sees it: read once at its start, the same for all that happens in it.
/// Owner: one worker. Thread: the worker's.
/// </summary>
internal sealed class TurnClock(IClock clock)
{
    private const int DateBytes = 29;
    private readonly byte[] _date = new byte[DateBytes];
    private long _dateMs = long.MinValue / 2;
    private long _readUnixMs;

    /// <summary>Monotonic milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>Monotonic microseconds.</summary>
    public long NowMicroseconds { get; private set; }

    /// <summary>Unix milliseconds.</summary>
    public long UnixMs => _readUnixMs + NowMs - _dateMs;

    /// <summary>The wall clock as Date writes it (RFC 9110 §5.6.7: IMF-fixdate), 29 bytes.</summary>
    public ReadOnlySpan<byte> Date => _date;

    /// <summary>Begins a turn.</summary>
    public void Read()
    {
        NowMicroseconds = clock.Microseconds;
        NowMs = NowMicroseconds / 1_000;
        // The wall clock is read once per second.
        if (NowMs - _dateMs < 1_000) return;
        _dateMs = NowMs;
        _readUnixMs = clock.UnixMs;
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(_readUnixMs);
        bool isWritten = Utf8Formatter.TryFormat(now, _date, out int written, new StandardFormat('R'));
        Invariant.Check(isWritten && written == DateBytes, "an IMF-fixdate has 29 bytes");
    }
}
