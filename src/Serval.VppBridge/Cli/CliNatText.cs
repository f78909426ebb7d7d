using System.Net;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Cli;

/// <summary>NAT44 in the words of VPP's CLI.</summary>
internal static class CliNatText
{
    public static VppNat Parse(string addresses, string interfaces, Func<string, uint?> findIndex)
    {
        List<IPAddress> pool = [];
        foreach (string line in addresses.Split('\n'))
        {
            // The twice-NAT pool follows and is not ours.
            if (line.StartsWith("NAT44 twice-nat", StringComparison.Ordinal))
                break;
            if (IpPrefix.TryParseAddress(line, out IPAddress? address))
                pool.Add(address!);
        }

        List<uint> inside = [], outside = [];
        foreach (string line in interfaces.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, .. var sides]
                || !line.StartsWith(' ') || sides.Contains("output-feature")
                    || findIndex(name) is not { } index)
                continue;
            if (sides.Contains("in"))
                inside.Add(index);
            if (sides.Contains("out"))
                outside.Add(index);
        }

        return new VppNat(true, pool, inside, outside);
    }
}
