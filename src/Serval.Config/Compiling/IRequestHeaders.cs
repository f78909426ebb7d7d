namespace Serval.Config.Compiling;

/// <summary>
/// A request's headers as matching sees them; implemented by the parsed head and by <c>explain</c>.
/// </summary>
public interface IRequestHeaders
{
    /// <summary>How many header lines there are.</summary>
    int Count { get; }

    /// <summary>Name of line <paramref name="index"/>, any case.</summary>
    ReadOnlySpan<byte> Name(int index);

    /// <summary>Value of line <paramref name="index"/>, trimmed.</summary>
    ReadOnlySpan<byte> Value(int index);
}
