namespace Serval.DataPlane.Http;

/// <summary>
/// A part of a parsed input, by offset, so that it survives a move of the buffer. Blittable.
/// </summary>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">How many bytes; 0 is empty.</param>
internal readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>Offset just past the last byte.</summary>
    public int End => Start + Length;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes, out of the input that was parsed.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> input) => input.Slice(Start, Length);
}
