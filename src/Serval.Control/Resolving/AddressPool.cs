using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>Addresses that Gateways get which ask for none (<c>--address-pool</c>).</summary>
/// <remarks>Immutable. Bound: <see cref="Limits.AddressesPerPool"/> of each network are used.</remarks>
internal sealed class AddressPool
{
    private readonly ImmutableArray<IPNetwork> _networks;

    private AddressPool(ImmutableArray<IPNetwork> networks) => _networks = networks;

    /// <summary>No addresses.</summary>
    public static AddressPool Empty { get; } = new([]);

    /// <summary>True when Gateways without addresses share those of the routers.</summary>
    public bool IsEmpty => _networks.IsEmpty;

    /// <summary>Reads networks in CIDR notation, in the order in which they are used.</summary>
    public static bool TryParse(
        IEnumerable<string> networks, [NotNullWhen(true)] out AddressPool? pool, out string problem)
    {
        pool = null;
        problem = "";
        ImmutableArray<IPNetwork>.Builder parsed = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (string text in networks)
        {
            if (!IPNetwork.TryParse(text, out IPNetwork network))
            {
                problem = $"'{text}' is not a network; write one such as 192.0.2.0/28.";
                return false;
            }
            parsed.Add(network);
        }
        pool = new AddressPool(parsed.ToImmutable());
        return true;
    }

    /// <summary>True when an address is one of the pool's.</summary>
    public bool Contains(IPAddress address)
    {
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    /// <summary>
    /// An address that is not taken, or null. Where to begin depends on the Gateway's name alone, so that
    /// most Gateways get the same address whatever others there are.
    /// </summary>
    public string? FindFree(ObjectKey gateway, HashSet<string> taken)
    {
        foreach (IPNetwork network in _networks)
        {
            long count = Count(network);
            long start = (long)(Hash(gateway) % (ulong)count);
            for (long i = 0; i < count; i++)
            {
                string address = At(network, (start + i) % count);
                if (!taken.Contains(address))
                    return address;
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _networks);

    private static long Count(IPNetwork network)
    {
        int bits = network.BaseAddress.GetAddressBytes().Length * 8 - network.PrefixLength;
        return bits >= 16 ? Limits.AddressesPerPool : 1L << bits;
    }

    private static ulong Hash(ObjectKey gateway) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(gateway.Path)));

    private static string At(IPNetwork network, long index)
    {
        byte[] start = network.BaseAddress.GetAddressBytes();
        BigInteger value = new BigInteger(start, isUnsigned: true, isBigEndian: true) + index;
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[start.Length];
        bytes.CopyTo(padded, start.Length - bytes.Length);
        return new IPAddress(padded).ToString();
    }
}
