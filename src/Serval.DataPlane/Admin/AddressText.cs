using System.Globalization;

namespace Serval.DataPlane.Admin;

/// <summary>Addresses with ports as people write them.</summary>
internal static class AddressText
{
    /// <summary><c>127.0.0.1:80</c> or <c>[::1]:80</c>.</summary>
    public static string Join(string address, int port) => address.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");
}
