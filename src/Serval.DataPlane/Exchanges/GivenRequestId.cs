using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// The id that a trusted proxy has given a request, kept for the response and the log. Blittable. Bound:
/// <see cref="Limits.RequestIdBytesMax"/>.
/// </summary>
internal struct GivenRequestId
{
    private int _length;
    private Bytes _bytes;

    /// <summary>The id as sent.</summary>
    public readonly ReadOnlySpan<byte> Text
    {
        [UnscopedRef]
        get => ((ReadOnlySpan<byte>)_bytes)[.._length];
    }

    /// <summary>Takes an id that is no longer than the bound.</summary>
    public void Set(scoped ReadOnlySpan<byte> id)
    {
        id.CopyTo(_bytes);
        _length = id.Length;
    }

    [InlineArray(Limits.RequestIdBytesMax)]
    private struct Bytes
    {
        private byte _first;
    }
}
