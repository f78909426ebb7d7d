using System.Net;
using Serval.Common.Addressing;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Cli;

/// <summary>NAT44 in the words of VPP's CLI.</summary>
internal static class CliNatText
{
    private const string SessionsLine = "max translations per thread: ";

    /// <summary>What NAT44 was enabled with; 0 where it is off.</summary>
    public static uint ParseSessions(string summary)
    {
        if (!summary.StartsWith(SessionsLine, StringComparison.Ordinal))
            return 0;
        string rest = summary[SessionsLine.Length..];
        int end = rest.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return CliTable.Number(end < 0 ? rest : rest[..end]);
    }

    public static VppNat Parse(
        uint sessionsMax, string addresses, string interfaces, Func<string, uint?> findIndex)
    {
        List<IPAddress> pool = [];
        foreach (string line in addresses.Split('\n'))
        {
            // The twice-NAT pool follows and is not ours.
            if (line.StartsWith("NAT44 twice-nat", StringComparison.Ordinal))
                break;
            if (IpLiteral.TryParse(line, out IPAddress? address))
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

        return new VppNat(sessionsMax, pool, inside, outside);
    }
}
