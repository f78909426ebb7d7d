using System.Net;

namespace Serval.Common.Access;

/// <summary>
/// Which names a listener without credentials may be asked by. A web page in a browser could ask by a name of
/// its own that it lets point here (DNS rebinding).
/// </summary>
public static class LocalHosts
{
    /// <summary>What is said to who asks by another name.</summary>
    public const string Refusal = "The Host header must be localhost or an IP address.";

    /// <summary>Whether the host of a Host header, without port, is localhost or an IP address.</summary>
    public static bool Allow(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
