using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Http;

/// <summary>
/// The lines of a head or of a trailer section: offsets into a text that the caller keeps. A codec fills
/// them, and later stages read them. Owner: a head or a trailer section. Thread: its worker's. Bound: the
/// capacity; <see cref="TryAdd"/> says no.
/// </summary>
internal sealed class FieldLines(int capacity)
{
    private readonly HeaderField[] _fields = new HeaderField[capacity];

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>Offset just past the last line; what lies between two lines is theirs.</summary>
    public int End { get; set; }

    /// <summary>
    /// Whether the text does not hold the lines as HTTP/1 writes them, so that each has to be written anew.
    /// </summary>
    public bool IsRespelled { get; set; }

    /// <summary>The lines, in the order of arrival.</summary>
    public Span<HeaderField> Fields => _fields.AsSpan(0, Count);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Count = 0;
        End = 0;
        IsRespelled = false;
    }

    /// <summary>Appends a line; false when there are too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in HeaderField field)
    {
        if (Count == _fields.Length)
            return false;
        _fields[Count++] = field;
        return true;
    }
}
