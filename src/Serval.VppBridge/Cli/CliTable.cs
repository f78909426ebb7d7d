using System.Globalization;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Cli;

/// <summary>The tables of <c>show interface</c> and <c>show interface address</c>.</summary>
internal static class CliTable
{
    private const string UnnumberedLine = "  unnumbered, use ";
    private const int NameColumns = 32;
    private const int CounterColumn = 68;
    private const int CounterNameColumns = 16;

    public static VppException Unreadable(string command, string line) =>
        new(VppFault.Away, $"'{command}' of VPP answered what the bridge cannot read: {line}");

    public static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw Unreadable("show", text);

    public static ushort Short(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort value)
            ? value
            : throw Unreadable("show", text);

    public static byte Byte(string text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
            ? value
            : throw Unreadable("show", text);

    /// <summary>Rows of the table: name cut at 32 characters, index, state, MTUs, then one counter on each
    /// line.</summary>
    public static List<CliInterfaceRow> ParseInterfaces(string text)
    {
        var rows = new List<CliInterfaceRow>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0 || line.StartsWith("              Name ", StringComparison.Ordinal))
                continue;
            if (line[0] != ' ')
                rows.Add(ParseRow(line));
            else if (rows.Count == 0)
                throw Unreadable("show interface", line);
            if (line.Length > CounterColumn && !string.IsNullOrWhiteSpace(line[CounterColumn..]))
                AddCounter(rows[^1], line);
        }

        return rows;
    }

    /// <summary>Addresses by interface name.</summary>
    public static Dictionary<string, List<IpPrefix>> ParseAddresses(string text)
    {
        var addresses = new Dictionary<string, List<IpPrefix>>(StringComparer.Ordinal);
        var lenders = new Dictionary<string, string>(StringComparer.Ordinal);
        string name = string.Empty;
        List<IpPrefix>? current = null;
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0)
                continue;
            if (line[0] != ' ')
            {
                int end = line.LastIndexOf(" (", StringComparison.Ordinal);
                if (end < 0)
                    throw Unreadable("show interface address", line);
                name = line[..end];
                addresses[name] = current = [];
            }
            else if (line.StartsWith(UnnumberedLine, StringComparison.Ordinal))
            {
                lenders[name] = line[UnnumberedLine.Length..].Trim();
            }
            else if (line.Trim().Split(' ') is ["L3", var address, ..]
                && IpPrefix.TryParse(address, out IpPrefix prefix))
            {
                current?.Add(prefix);
            }
        }

        // Most releases print the addresses of the lender as well.
        foreach ((string borrower, string lender) in lenders)
        {
            if (addresses.TryGetValue(lender, out List<IpPrefix>? lent))
                addresses[borrower] = [.. addresses[borrower].Union(lent)];
        }

        return addresses;
    }

    private static CliInterfaceRow ParseRow(string line)
    {
        string name = line[..Math.Min(NameColumns, line.Length)].TrimEnd();
        string[] words = line[Math.Min(NameColumns, line.Length)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || words[1] is not ("up" or "down"))
            throw Unreadable("show interface", line);
        return new CliInterfaceRow(
            name, Number(words[0]), words[1] == "up", Number(words[2].Split('/')[0]),
                new(StringComparer.Ordinal));
    }

    private static void AddCounter(CliInterfaceRow row, string line)
    {
        string rest = line[CounterColumn..];
        int nameEnd = Math.Min(CounterNameColumns, rest.Length);
        if (!ulong.TryParse(
            rest.AsSpan(nameEnd).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            throw Unreadable("show interface", line);
        row.Counters[rest[..nameEnd].TrimEnd()] = value;
    }
}
