using System.Runtime.CompilerServices;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Faults;

/// <summary>Watches the state after every command: no interface may ever filter less than what stood before
/// or what was asked for, no tunnel may pass traffic without its ACLs, nothing foreign may move. Owner: the
/// simulator, under its lock.</summary>
internal sealed class PolicyOracle(bool isAtomic)
{
    private static readonly ConditionalWeakTable<VppAcl, string> Shown = [];

    private readonly Dictionary<string, HashSet<string>> _allowed = new(StringComparer.Ordinal);
    private SimulatedState? _of;
    private bool _isRestarted;

    /// <summary>What was seen that must not be, with the state.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>The lists of this state may be in force from now on.</summary>
    public void Learn(SimulatedState state)
    {
        foreach ((string place, string[] list) in Lists(state))
        {
            if (!_allowed.TryGetValue(place, out HashSet<string>? known))
                _allowed[place] = known = new HashSet<string>(StringComparer.Ordinal);
            known.Add(Say(list));

            // The CLI appends one by one: a beginning of the list denies what the rest would let through.
            for (int i = 1; !isAtomic && i < list.Length; i++)
                known.Add(Say(list[..i]));
        }
    }

    public void See(SimulatedState state)
    {
        if (!ReferenceEquals(state, _of))
        {
            _isRestarted = _of is not null;
            _of = state;
        }

        foreach ((string place, string[] list) in Lists(state))
        {
            bool isTunnel = place.StartsWith("wg", StringComparison.Ordinal);
            bool isOpen = isTunnel && IsOpen(state, place[..place.IndexOf(' ', StringComparison.Ordinal)]);
            if (list.Length == 0 && (isTunnel ? !isOpen : _isRestarted))
                continue;
            if (_allowed.TryGetValue(place, out HashSet<string>? known) && !known.Contains(Say(list)))
                Violations.Add($"{place} filters by [{Say(list)}], which nobody asked for");
        }

        if (Foreign(state) is { Length: > 0 } moved)
            Violations.Add("somebody else's " + moved);
    }

    /// <summary>What others configured before the bridge came.</summary>
    public static void Boot(SimulatedState state)
    {
        state.SetAcl(uint.MaxValue, "cli", [ForeignRule]);
        state.SetLists(2, [0], [0]);
        (_, uint index) = state.CreateTunnel(
            7, 9999, System.Net.IPAddress.Loopback, Serval.VppBridge.Keys.PrivateKey.Generate());
        state.AddPeer(index, new TunnelPeer(
            "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", null, 0, 0, [IpPrefix.Any4], null, []));
        state.EnableNat(4096);
        state.NatAddresses.Add(System.Net.IPAddress.Parse("10.2.0.200"));
        state.NatInterfaces.Add((3, true));
    }

    private static AclRule ForeignRule => new(
        AclAction.Deny, IpPrefix.Any4, IpPrefix.Any4, 17, PortRange.All, PortRange.All, 0, 0);

    private static string Foreign(SimulatedState state)
    {
        if (!state.Acls.TryGetValue(0, out VppAcl? acl) || acl.Tag != "cli" || acl.Rules is not [var rule]
            || rule != ForeignRule)
            return "ACL was touched";
        if (state.Lists[2] is not ({ Count: 1 } and [0], { Count: 1 } and [0]))
            return "list was touched";
        if (state.Find("wg7") is not { IsUp: false } tunnel
            || state.Peers.Values.Count(p => p.InterfaceIndex == tunnel.Index) != 1)
            return "tunnel was touched";
        return state.NatAddresses.Contains(System.Net.IPAddress.Parse("10.2.0.200"))
            && state.NatInterfaces.Contains((3, true)) ? "" : "NAT was touched";
    }

    private static bool IsOpen(SimulatedState state, string name) => state.Find(name) is { } over
        && (over.IsUp || state.Peers.Values.Any(p => p.InterfaceIndex == over.Index)
            || state.Routes.Any(r => r.Interface == name));

    private static IEnumerable<(string Place, string[] List)> Lists(SimulatedState state)
    {
        foreach ((uint index, (List<uint> inputs, List<uint> outputs)) in state.Lists)
        {
            string name = state.Interfaces[index].Name;
            yield return (name + " in", [.. inputs.Select(Show)]);
            yield return (name + " out", [.. outputs.Select(Show)]);
        }

        string Show(uint acl) => Shown.GetValue(
            state.Acls[acl], a => $"{a.Tag}: {string.Join(';', a.Rules)}");
    }

    private static string Say(string[] list) => string.Join(" | ", list);
}
