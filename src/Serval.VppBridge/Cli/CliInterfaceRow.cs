namespace Serval.VppBridge.Cli;

/// <summary>One interface in <c>show interface</c>; only counters that are not zero are shown.</summary>
internal sealed record CliInterfaceRow(
    string Name, uint Index, bool IsAdminUp, uint Mtu, Dictionary<string, ulong> Counters)
{
    /// <summary>VPP cuts names at this length, so a longer one is not known whole.</summary>
    public bool MayBeCut => Name.Length >= 32;

    public ulong Counter(string name) => Counters.GetValueOrDefault(name);
}
