namespace Serval.DataPlane.Http;

/// <summary>
/// The fields that came behind a body, on their way from one leg of an exchange to the other: lines in a text
/// that is valid for as long as this is. Whatever carries the other leg writes those that are not dropped in
/// its own way, or drops them all where its framing has no place for them. <c>default</c> has none.
/// </summary>
internal readonly ref struct Trailers
{
    private readonly FieldLines? _lines;

    /// <param name="text">What the lines are slices of.</param>
    /// <param name="lines">The lines; those that may not trail are marked.</param>
    public Trailers(ReadOnlySpan<byte> text, FieldLines lines)
    {
        Text = text;
        _lines = lines;
    }

    /// <summary>What the fields are slices of.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The fields in the order of arrival, dropped ones too.</summary>
    public Span<HeaderField> Fields => _lines is null ? default : _lines.Fields;
}
