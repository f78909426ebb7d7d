using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Tls;

/// <summary>
/// The server name of a session. OpenSSL forgets it when TLS 1.2 is resumed.
/// Owner: <see cref="TlsSessions"/>. Bound: <see cref="HelloReader.NameBytesMax"/>.
/// </summary>
internal struct ServerNameText
{
    private NameBytes _bytes;
    private int _length;

    /// <summary>The name.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Value => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>Keeps a copy of a name.</summary>
    public void Set(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_bytes);
        _length = name.Length;
    }

    [InlineArray(HelloReader.NameBytesMax)]
    private struct NameBytes
    {
        private byte _first;
    }
}
