using System.Globalization;
using System.Net;
using Grpc.Core;
using Serval.Common.Addressing;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Serving;

/// <summary>Checks of single fields. Every refusal names the field, what is wrong and what would be
/// right.</summary>
internal static class Require
{
    private const int NameCharsMax = 48;
    private const int InterfaceNameCharsMax = 63;

    public static RpcException Invalid(string field, string problem) =>
        GrpcFault.Of(StatusCode.InvalidArgument, $"{field}: {problem}");

    public static string Name(string value, string field)
    {
        bool isName = value.Length is > 0 and <= NameCharsMax
            && !value.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-.")
            && char.IsAsciiLetterOrDigit(value[0]);
        return isName
            ? value
            : throw Invalid(field,
                "a name is 1 to 48 of a-z, 0-9, '-' and '.', beginning with a letter or digit");
    }

    public static string InterfaceName(string value, string field)
    {
        if (value.StartsWith(Tunnel.BindingPrefix, StringComparison.Ordinal))
        {
            Name(value[Tunnel.BindingPrefix.Length..], field);
            return value;
        }

        bool isName = value.Length is > 0 and <= InterfaceNameCharsMax && value.AsSpan().IndexOfAnyExcept(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/+=@-") < 0;
        return isName ? value
            : throw Invalid(field, "an interface name is 1 to 63 of letters, digits and _.:/+=@-");
    }

    public static IpPrefix Network(string value, string field)
    {
        if (!IpPrefix.TryParse(value, out IpPrefix prefix))
            throw Invalid(field, $"'{value}' is not a network such as 10.1.0.0/24 or fd00::/64");
        if (prefix.HasHostBits)
        {
            throw Invalid(
                field, $"'{value}' has host bits set; for the network say {prefix.Masked()}/{prefix.Length}, "
                + $"for the host {IpPrefix.Host(prefix.Address)}");
        }

        return prefix;
    }

    public static IpPrefix InterfaceAddress(string value, string field) =>
        IpPrefix.TryParse(value, out IpPrefix prefix)
            ? prefix
            : throw Invalid(field, $"'{value}' is not an address with prefix length such as 10.99.0.1/24");

    public static IPAddress Address(string value, string field) =>
        IpLiteral.TryParse(value, out IPAddress? address)
            ? address!
            : throw Invalid(field, $"'{value}' is not an address such as 192.0.2.1 or 2001:db8::1");

    public static ushort Port(uint value, string field) => value is > 0 and <= 65535
        ? (ushort)value
        : throw Invalid(field, $"{value} is not a port; say 1 to 65535");

    public static string PublicKey(string value, string field) => PrivateKey.TryParseKey(value, out _)
        ? value
        : throw Invalid(field, "a key is the base64 of 32 bytes, 44 characters, as 'wg pubkey' prints it");

    public static void Count(int count, int most, string field)
    {
        if (count > most)
            throw Invalid(field, $"{count.ToString(CultureInfo.InvariantCulture)} are too many; at most "
                + $"{most}");
    }
}
