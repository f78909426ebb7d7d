using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serval.Common.Addressing;

namespace Serval.VppBridge.Model;

/// <summary>An address with a prefix length, in one spelling only.</summary>
/// <param name="Address">The address, host bits and all.</param>
/// <param name="Length">0 to 32 or 0 to 128.</param>
internal readonly record struct IpPrefix(IPAddress Address, int Length)
{
    public static IpPrefix Any4 => new(IPAddress.Any, 0);

    public static IpPrefix Any6 => new(IPAddress.IPv6Any, 0);

    public bool IsV6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    public bool IsHost => Length == (IsV6 ? 128 : 32);

    public bool HasHostBits => !Masked().Equals(Address);

    public static IpPrefix Host(IPAddress address) =>
        new(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);

    public static bool TryParse(string text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IpLiteral.TryParse(text[..slash], out IPAddress? address))
            return false;
        ReadOnlySpan<char> digits = text.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            return false;
        prefix = new IpPrefix(address, length);
        return length <= (prefix.IsV6 ? 128 : 32);
    }

    public bool Contains(IpPrefix inner)
    {
        if (inner.IsV6 != IsV6 || inner.Length < Length)
            return false;
        return new IpPrefix(inner.Address, Length).Masked().Equals(Masked());
    }

    public IPAddress Masked()
    {
        byte[] bytes = Address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int bits = Math.Clamp(Length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff00 >> bits);
        }

        return new IPAddress(bytes);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");
}
