using System.Net;
using System.Net.Sockets;
using Serval.VppBridge.Model;
using V1 = Serval.Vpp.V1;

namespace Serval.VppBridge.Serving;

/// <summary>Turns source NAT of requests into what VPP holds, or refuses with the field that is
/// wrong.</summary>
internal static class NatReading
{
    private const uint SessionsMin = 1024;
    private const uint SessionsMost = 10_000_000;

    /// <summary>Null when nothing is wanted.</summary>
    public static SourceNat? Read(V1.SourceNat? nat)
    {
        if (nat is null || (nat.InsideInterfaces.Count == 0 && nat.OutsideInterfaces.Count == 0
            && nat.Addresses.Count == 0))
            return null;
        Require.Count(nat.InsideInterfaces.Count, Limits.NatInterfacesMax, "source_nat.inside_interfaces");
        Require.Count(nat.OutsideInterfaces.Count, Limits.NatInterfacesMax, "source_nat.outside_interfaces");
        Require.Count(nat.Addresses.Count, Limits.NatAddressesMax, "source_nat.addresses");
        string[] inside = [.. nat.InsideInterfaces.Select(
            i => Require.InterfaceName(i, "source_nat.inside_interfaces")).Distinct()];
        string[] outside = [.. nat.OutsideInterfaces.Select(
            i => Require.InterfaceName(i, "source_nat.outside_interfaces")).Distinct()];
        IPAddress[] addresses =
            [.. nat.Addresses.Select(a => Require.Address(a, "source_nat.addresses")).Distinct()];
        if (addresses.FirstOrDefault(a => a.AddressFamily != AddressFamily.InterNetwork) is { } v6)
            throw Require.Invalid("source_nat.addresses", $"{v6} is not IPv4; this is NAT44");
        if (inside.Length == 0 || outside.Length == 0 || addresses.Length == 0)
            throw Require.Invalid(
                "source_nat", "needs an inside interface, an outside interface and an address");
        if (inside.FirstOrDefault(outside.Contains) is { } both)
            throw Require.Invalid("source_nat", $"'{both}' is both inside and outside");
        if (nat.SessionsMax != 0 && nat.SessionsMax is < SessionsMin or > SessionsMost)
            throw Require.Invalid("source_nat.sessions_max", $"is 0 or {SessionsMin} to {SessionsMost}");
        return new SourceNat(inside, outside, addresses, nat.SessionsMax);
    }

    public static bool IsSame(SourceNat? a, SourceNat? b)
    {
        if (a is null || b is null)
            return a is null && b is null;
        return a.SessionsMax == b.SessionsMax && a.Inside.ToHashSet().SetEquals(b.Inside)
            && a.Outside.ToHashSet().SetEquals(b.Outside) && a.Addresses.ToHashSet().SetEquals(b.Addresses);
    }

    /// <param name="nat">What was asked for; null for nothing.</param>
    /// <param name="version">Its version.</param>
    /// <param name="sessionsMax">What VPP has; 0 while NAT44 is off.</param>
    public static V1.SourceNat Write(SourceNat? nat, string version, uint sessionsMax)
    {
        var written = new V1.SourceNat
        {
            ResourceVersion = version,
            SessionsMax = nat is null ? 0 : sessionsMax,
        };
        written.InsideInterfaces.AddRange(nat?.Inside ?? []);
        written.OutsideInterfaces.AddRange(nat?.Outside ?? []);
        written.Addresses.AddRange((nat?.Addresses ?? []).Select(a => a.ToString()));
        return written;
    }
}
