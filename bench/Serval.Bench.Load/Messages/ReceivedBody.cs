namespace Serval.Bench.Load.Messages;

/// <summary>Counts a body's bytes as they come and compares them with the pattern.</summary>
internal struct ReceivedBody
{
    /// <summary>
    /// Bodies up to here are compared whole; of larger ones every eighth, the others are only counted.
    /// </summary>
    public const long AlwaysCompareBytesMax = 64 * 1024;

    private long _received;
    private bool _isDamaged;

    public ReceivedBody(long length, uint id)
    {
        Length = length;
        IsCompared = length <= AlwaysCompareBytesMax || (id & 7) == 0;
    }

    public long Length { get; }

    public bool IsCompared { get; }

    public readonly long Missing => Length - _received;

    public readonly bool IsDamaged => _isDamaged;

    /// <summary>Takes bytes that were received and looked at.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        _isDamaged |= IsCompared && !Pattern.Holds(bytes, _received);
        _received += bytes.Length;
    }

    /// <summary>Takes bytes that the kernel counted and threw away.</summary>
    public void TakeUnseen(long count) => _received += count;
}
