using System.Diagnostics.CodeAnalysis;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>
/// <c>sockaddr_in</c> or <c>sockaddr_in6</c> with its length behind it, as the kernel reads and writes it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct SocketAddress
{
    public const ushort FamilyIpv4 = 2;
    public const ushort FamilyIpv6 = 10;
    public const int BytesMax = 28;

    [FieldOffset(0)] public ushort Family;
    [FieldOffset(2)] public ushort PortBigEndian;
    [FieldOffset(4)] public uint Ipv4;
    [FieldOffset(8)] public Address16 Ipv6;
    [FieldOffset(24)] public uint Scope;
    [FieldOffset(28)] public uint Length;

    public readonly int Port => BinaryPrimitives.ReverseEndianness(PortBigEndian);

    /// <summary>Converts an endpoint; scope is dropped.</summary>
    public static SocketAddress From(IPEndPoint endpoint)
    {
        SocketAddress address = default;
        address.PortBigEndian = BinaryPrimitives.ReverseEndianness((ushort)endpoint.Port);
        if (endpoint.AddressFamily == AddressFamily.InterNetwork)
        {
            address.Family = FamilyIpv4;
            Span<byte> bytes = stackalloc byte[4];
            endpoint.Address.TryWriteBytes(bytes, out _);
            address.Ipv4 = MemoryMarshal.Read<uint>(bytes);
            address.Length = 16;
        }
        else
        {
            address.Family = FamilyIpv6;
            endpoint.Address.TryWriteBytes(address.Ipv6, out _);
            address.Length = BytesMax;
        }

        return address;
    }

    /// <summary>
    /// Writes the address as text, without port; IPv4-mapped IPv6 as IPv4. Returns the bytes written, at most
    /// 45.
    /// </summary>
    [UnscopedRef]
    public readonly int FormatAddress(Span<byte> destination)
    {
        int written;
        if (Family == FamilyIpv4)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in Ipv4));
            return FormatIpv4(bytes, destination);
        }

        ReadOnlySpan<byte> wide = Ipv6;
        if (wide[..10].IndexOfAnyExcept((byte)0) < 0 && wide[10] == 0xFF && wide[11] == 0xFF)
            return FormatIpv4(wide[12..], destination);
        written = Ipv6Text.Format(wide, destination);
        return written;
    }

    private static int FormatIpv4(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int position = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0) destination[position++] = (byte)'.';
            int octet = bytes[i];
            if (octet >= 100) destination[position++] = (byte)('0' + (octet / 100));
            if (octet >= 10) destination[position++] = (byte)('0' + (octet / 10 % 10));
            destination[position++] = (byte)('0' + (octet % 10));
        }

        return position;
    }

    /// <summary>Sixteen bytes in network order.</summary>
    [InlineArray(16)]
    public struct Address16
    {
        private byte _first;
    }
}
