using Serval.Config.Compiling;

namespace Serval.Bench.Micro;

/// <summary>A request without header lines, so that a lookup is measured and nothing else.</summary>
internal readonly struct NoHeaders : IRequestHeaders
{
    /// <inheritdoc/>
    public int Count => 0;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Name(int index) => default;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value(int index) => default;
}
