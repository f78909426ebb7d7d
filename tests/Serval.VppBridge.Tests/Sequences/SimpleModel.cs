using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Sequences;

/// <summary>What VPP should hold, as plain sets and lists, with no knowledge of how it gets there.</summary>
internal sealed class SimpleModel
{
    /// <summary>"Action network" of each rule.</summary>
    public SortedDictionary<string, string[]> Acls { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, (string[] Inputs, string[] Outputs)> Bindings { get; } =
        new(StringComparer.Ordinal);

    /// <summary>Public keys of peers by the listen port of the tunnel.</summary>
    public SortedDictionary<ushort, SortedSet<string>> Tunnels { get; } = [];

    public SortedSet<string> NatAddresses { get; } = new(StringComparer.Ordinal);

    public bool IsBound(string acl) =>
        Bindings.Values.Any(b => b.Inputs.Contains(acl) || b.Outputs.Contains(acl));

    public static string PortName(ushort port) => $"tunnel:t{port - 51820}";

    public override string ToString() => string.Join('\n', (string[])
    [
        .. Acls.Select(a => $"acl {a.Key}: {string.Join(", ", a.Value)}"),
        .. Bindings.Where(b => b.Value.Inputs.Length + b.Value.Outputs.Length > 0)
            .Select(b => $"list {b.Key}: [{string.Join(' ', b.Value.Inputs)}]"
                + $" [{string.Join(' ', b.Value.Outputs)}]"),
        .. Tunnels.Select(t => $"tunnel {t.Key}: up, {string.Join(", ", t.Value)}, {t.Value.Count} routes"),
        $"nat {string.Join(", ", NatAddresses)}",
    ]);

    /// <summary>The same words about what a VPP holds.</summary>
    public static string Describe(SimulatedState state)
    {
        var seen = new SimpleModel();
        foreach (VppAcl acl in state.Acls.Values)
        {
            if (!seen.Acls.TryAdd(
                acl.Name ?? acl.Tag, [.. acl.Rules.Select(r => $"{r.Action} {r.Source}")]))
                seen.Acls.Add($"{acl.Tag} again, {acl.Index}", []);
        }

        foreach ((uint index, (List<uint> inputs, List<uint> outputs)) in state.Lists)
        {
            SimulatedInterface over = state.Interfaces[index];
            string name = over.Tunnel is null ? over.Name : PortName(over.Tunnel.ListenPort);
            seen.Bindings.Add(name, (
                [.. inputs.Select(a => state.Acls[a].Name ?? "?")],
                [.. outputs.Select(a => state.Acls[a].Name ?? "?")]));
        }

        foreach (System.Net.IPAddress address in state.NatAddresses)
            seen.NatAddresses.Add(address.ToString());
        string text = seen.ToString();
        IEnumerable<string> tunnels = state.Interfaces.Values.Where(i => i.Tunnel is not null)
            .OrderBy(i => i.Tunnel!.ListenPort).Select(i => $"tunnel {i.Tunnel!.ListenPort}: "
                + $"{(i.IsUp ? "up" : "down")}, " + string.Join(", ", state.Peers.Values
                    .Where(p => p.InterfaceIndex == i.Index).Select(p => p.Peer.PublicKey)
                    .Order(StringComparer.Ordinal))
                + $", {state.Routes.Count(r => r.Interface == i.Name)} routes\n");
        return text.Insert(text.LastIndexOf("nat ", StringComparison.Ordinal), string.Concat(tunnels));
    }
}
