using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Api;

/// <summary>Builds one request: big endian, packed, fields in the order of the message definition.</summary>
internal sealed class ApiWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ApiWriter U8(byte value)
    {
        ReadOnlySpan<byte> span = [value];
        return Bytes(span);
    }

    public ApiWriter Bool(bool value) => U8(value ? (byte)1 : (byte)0);

    public ApiWriter U16(ushort value)
    {
        Span<byte> span = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(span, value);
        return Bytes(span);
    }

    public ApiWriter U32(uint value)
    {
        Span<byte> span = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(span, value);
        return Bytes(span);
    }

    public ApiWriter Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    /// <summary>A string of fixed size, padded with NUL and ended by at least one.</summary>
    public ApiWriter Text(string value, int size)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.Length >= size)
            throw new ArgumentException($"'{value}' is longer than {size - 1} bytes", nameof(value));
        Bytes(bytes);
        return Bytes(new byte[size - bytes.Length]);
    }

    /// <summary>A string that carries its length.</summary>
    public ApiWriter Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        return U32((uint)bytes.Length).Bytes(bytes);
    }

    /// <summary>Family, then sixteen bytes of which IPv4 uses the first four.</summary>
    public ApiWriter Address(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        U8(bytes.Length == 16 ? (byte)1 : (byte)0);
        return AddressUnion(address);
    }

    public ApiWriter AddressUnion(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return Bytes(bytes).Bytes(new byte[16 - bytes.Length]);
    }

    public ApiWriter Prefix(IpPrefix prefix) => Address(prefix.Address).U8((byte)prefix.Length);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
