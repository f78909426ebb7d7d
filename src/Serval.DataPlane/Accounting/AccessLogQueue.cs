namespace Serval.DataPlane.Accounting;

/// <summary>
/// Access records on their way from one worker to the writer: a ring of bytes.
/// Thread: the worker puts, the writer takes. Bound: <see cref="Limits.AccessLogBytes"/>; full: the record is
/// dropped and counted by the worker, which never waits.
/// </summary>
internal sealed class AccessLogQueue(AccessLogOptions options)
{
    private readonly byte[] _bytes = new byte[Limits.AccessLogBytes];
    private long _taken;
    private long _put;

    /// <summary>Which exchanges are written.</summary>
    public AccessLogOptions Options => options;

    /// <summary>Puts one whole line, or nothing.</summary>
    public bool TryPut(ReadOnlySpan<byte> line)
    {
        long put = _put;
        if (_bytes.Length - (put - Volatile.Read(ref _taken)) < line.Length) return false;
        int at = (int)(put % _bytes.Length);
        int first = Math.Min(line.Length, _bytes.Length - at);
        line[..first].CopyTo(_bytes.AsSpan(at));
        line[first..].CopyTo(_bytes);
        Volatile.Write(ref _put, put + line.Length);
        return true;
    }

    /// <summary>Takes what is there, in at most one run; empty when there is nothing.</summary>
    public ReadOnlyMemory<byte> Peek()
    {
        long available = Volatile.Read(ref _put) - _taken;
        int at = (int)(_taken % _bytes.Length);
        return _bytes.AsMemory(at, (int)Math.Min(available, _bytes.Length - at));
    }

    /// <summary>Frees what was peeked at.</summary>
    public void Advance(int count) => Volatile.Write(ref _taken, _taken + count);
}
