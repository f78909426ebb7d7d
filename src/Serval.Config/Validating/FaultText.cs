using System.Globalization;
using System.Runtime.CompilerServices;

namespace Serval.Config.Validating;

/// <summary>
/// A text that is put together only where there is a fault, so that checking what is right makes no strings.
/// </summary>
[InterpolatedStringHandler]
internal ref struct FaultText
{
    private readonly string? _text;
    private DefaultInterpolatedStringHandler _parts;

    /// <summary>For an interpolated string; without a fault its parts are not even evaluated.</summary>
    public FaultText(int literalLength, int formattedCount, bool isFact, out bool isFault)
    {
        isFault = !isFact;
        if (isFault) _parts = new(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    /// <summary>For the item count of a list and its limit.</summary>
    public FaultText(int literalLength, int formattedCount, int count, int limit, out bool isFault)
        : this(literalLength, formattedCount, count <= limit, out isFault)
    {
    }

    private FaultText(string text) => _text = text;

    /// <summary>A text that is there already.</summary>
    public static implicit operator FaultText(string text) => new(text);

    /// <summary>Part of an interpolated string.</summary>
    public void AppendLiteral(string text) => _parts.AppendLiteral(text);

    /// <inheritdoc cref="AppendLiteral"/>
    public void AppendFormatted<T>(T value) => _parts.AppendFormatted(value);

    /// <summary>The text, once.</summary>
    public string ToStringAndClear() => _text ?? _parts.ToStringAndClear();
}
