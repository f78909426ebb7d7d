namespace Serval.DataPlane.Http;

/// <summary>One header line, as offsets into the input that was parsed. Blittable.</summary>
internal struct HeaderField
{
    /// <summary>Offset of the name, which is also where the line begins.</summary>
    public int NameStart;

    /// <summary>Bytes of the name.</summary>
    public int NameLength;

    /// <summary>Offset of the value, white space trimmed.</summary>
    public int ValueStart;

    /// <summary>Bytes of the value.</summary>
    public int ValueLength;

    /// <summary>Which field it is.</summary>
    public KnownHeader Known;

    /// <summary>What becomes of it.</summary>
    public HeaderUse Use;

    /// <summary>Whether the line is not passed on as it is.</summary>
    public readonly bool IsDropped => Use != HeaderUse.EndToEnd;

    /// <summary>Whether routes may match on it.</summary>
    public readonly bool IsMatchable => Use < HeaderUse.Untrusted;

    /// <summary>The name as sent.</summary>
    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> input) => input.Slice(NameStart, NameLength);

    /// <summary>The value, trimmed.</summary>
    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> input) =>
        input.Slice(ValueStart, ValueLength);
}
