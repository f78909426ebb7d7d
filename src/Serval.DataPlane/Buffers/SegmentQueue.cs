namespace Serval.DataPlane.Buffers;

/// <summary>
/// Runs of bytes in order; a small record inside a connection. Operations are in <see cref="SegmentPool"/>.
/// </summary>
internal struct SegmentQueue
{
    public int Head;
    public int Tail;
    public int Count;

    /// <summary>
    /// Bytes of the buffers that the runs pin, each counted with its whole size, once per row of runs in it.
    /// </summary>
    public int PinnedBytes;

    public readonly bool IsEmpty => Count == 0;
}
