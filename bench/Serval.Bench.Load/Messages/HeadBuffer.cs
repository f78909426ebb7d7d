namespace Serval.Bench.Load.Messages;

/// <summary>
/// Keeps a head that has arrived in part; heads nearly always come whole, so it is empty then.
/// </summary>
internal struct HeadBuffer
{
    public const int HeadBytesMax = 8 * 1024;

    private byte[]? _kept;
    private int _count;

    public readonly bool IsEmpty => _count == 0;

    /// <summary>What was kept with what has just come behind it.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> received)
    {
        if (_count == 0)
        {
            return received;
        }

        byte[] joined = new byte[_count + received.Length];
        _kept.AsSpan(0, _count).CopyTo(joined);
        received.CopyTo(joined.AsSpan(_count));
        _count = 0;
        return joined;
    }

    /// <summary>Keeps the bytes for later; false when no head is that long.</summary>
    public bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > HeadBytesMax)
        {
            return false;
        }

        _kept ??= new byte[HeadBytesMax];
        bytes.CopyTo(_kept);
        _count = bytes.Length;
        return true;
    }
}
