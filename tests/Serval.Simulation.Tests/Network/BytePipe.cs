namespace Serval.Simulation.Tests.Network;

/// <summary>
/// One direction of a connection: written, then visible once it has travelled, then read. Bounded like the
/// two socket buffers that it stands for.
/// </summary>
internal sealed class BytePipe(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private long _read;

    public int Capacity => capacity;

    public long Written { get; private set; }

    public long Visible { get; private set; }

    public long LastArrival { get; set; }

    /// <summary>The writer has ended it, and the reader can know.</summary>
    public bool IsEnded { get; set; }

    public bool IsEndVisible { get; set; }

    public int Room => capacity - (int)(Written - _read);

    public int Readable => (int)(Visible - _read);

    public int Unread => (int)(Written - _read);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        int at = (int)(Written % capacity);
        int first = Math.Min(bytes.Length, capacity - at);
        bytes[..first].CopyTo(_bytes.AsSpan(at));
        bytes[first..].CopyTo(_bytes);
        Written += bytes.Length;
    }

    public void Show(long upTo) => Visible = Math.Max(Visible, upTo);

    public void Read(Span<byte> bytes)
    {
        int at = (int)(_read % capacity);
        int first = Math.Min(bytes.Length, capacity - at);
        _bytes.AsSpan(at, first).CopyTo(bytes);
        _bytes.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
        _read += bytes.Length;
    }

    /// <summary>A reset drops what the reader has not been shown.</summary>
    public void DropUnseen() => Written = Visible;
}
