namespace Serval.DataPlane.Buffers;

/// <summary>
/// Runs of bytes in order; a small record inside a connection. Operations are in <see cref="SegmentPool"/>.
/// </summary>
internal struct SegmentQueue
{
    public int Head;
    public int Tail;
    public int Count;

    public readonly bool IsEmpty => Count == 0;
}
