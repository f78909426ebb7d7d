namespace Serval.DataPlane.Buffers;

/// <summary>A run of bytes in a buffer, in a queue.</summary>
internal struct Segment
{
    public int Buffer;
    public int Offset;
    public int Length;
    public int Next;
}
