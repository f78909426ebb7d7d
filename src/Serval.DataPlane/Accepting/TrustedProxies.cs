using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Accepting;

/// <summary>
/// Peers that are believed when they say who asked: proxies of the operator, or of a CDN, in front of this
/// router. Immutable. Thread: any. Bound: <see cref="Limits.TrustedProxies"/> networks, each looked at in
/// turn.
/// </summary>
internal sealed class TrustedProxies
{
    /// <summary>Nobody.</summary>
    public static readonly TrustedProxies None = new([]);

    private readonly Network[] _networks;

    /// <summary>Takes networks; of IPv4 addresses it is the same whether they are mapped into IPv6.</summary>
    public TrustedProxies(ImmutableArray<IPNetwork> networks) =>
        _networks = Array.ConvertAll([.. networks], static network => new Network(network));

    /// <summary>Whether nobody is trusted.</summary>
    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Whether an address is in one of the networks.</summary>
    public bool Contains(in SocketAddress address)
    {
        UInt128 bits = BitsOf(in address);
        foreach (Network network in _networks)
        {
            if ((bits & network.Mask) == network.Bits)
                return true;
        }

        return false;
    }

    private static UInt128 BitsOf(in SocketAddress address)
    {
        if (address.Family == SocketAddress.FamilyIpv4)
            return Mapped | BinaryPrimitives.ReverseEndianness(address.Ipv4);
        ReadOnlySpan<byte> wide = address.Ipv6;
        return BinaryPrimitives.ReadUInt128BigEndian(wide);
    }

    // ::ffff:0:0/96 of RFC 4291 §2.5.5.2.
    private static UInt128 Mapped => (UInt128)0xFFFF << 32;

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Network
    {
        private const int Bits128 = 128;

        public Network(IPNetwork network)
        {
            bool isIpv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            int length = network.PrefixLength + (isIpv4 ? Bits128 - 32 : 0);
            Mask = length == 0 ? 0 : UInt128.MaxValue << (Bits128 - length);
            Bits = BitsOf(SocketAddress.From(new IPEndPoint(network.BaseAddress, 0))) & Mask;
        }

        public UInt128 Mask { get; }

        public UInt128 Bits { get; }
    }
}
