using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Serval.Config;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// The origin of a request that its rule's CORS policy allows, kept for the response: the request's head has
/// left its buffer by then. Blittable. Bound: <see cref="ConfigLimits.OriginBytes"/>.
/// </summary>
internal struct AllowedOrigin
{
    private int _length;
    private Bytes _bytes;

    /// <summary>The origin as sent; empty when none is allowed.</summary>
    public readonly ReadOnlySpan<byte> Text
    {
        [UnscopedRef]
        get => ((ReadOnlySpan<byte>)_bytes)[.._length];
    }

    /// <summary>Takes an origin that is no longer than the bound.</summary>
    public void Set(scoped ReadOnlySpan<byte> origin)
    {
        origin.CopyTo(_bytes);
        _length = origin.Length;
    }

    [InlineArray(ConfigLimits.OriginBytes)]
    private struct Bytes
    {
        private byte _first;
    }
}
