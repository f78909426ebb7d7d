using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Serval.Bench.Load.Kernel;

/// <summary>struct sockaddr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SocketAddress4
{
    public const int Size = 16;
    private const ushort FamilyIpv4 = 2;

    private readonly ushort _family;
    private readonly ushort _portBigEndian;
    private readonly uint _addressBigEndian;
    private readonly ulong _zero;

    public SocketAddress4(uint address, int port)
    {
        _family = FamilyIpv4;
        _portBigEndian = BinaryPrimitives.ReverseEndianness((ushort)port);
        _addressBigEndian = BinaryPrimitives.ReverseEndianness(address);
        _zero = 0;
    }

    public static SocketAddress4 From(IPEndPoint endpoint) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(endpoint.Address.GetAddressBytes()), endpoint.Port);

    public readonly int Port => BinaryPrimitives.ReverseEndianness(_portBigEndian);
}
