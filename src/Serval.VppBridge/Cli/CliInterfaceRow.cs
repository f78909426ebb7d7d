namespace Serval.VppBridge.Cli;

/// <summary>One interface in <c>show interface</c>; only counters that are not zero are shown.</summary>
internal sealed record CliInterfaceRow(
    string Name, uint Index, bool IsAdminUp, uint Mtu, Dictionary<string, ulong> Counters)
{
    public ulong Counter(string name) => Counters.GetValueOrDefault(name);
}
