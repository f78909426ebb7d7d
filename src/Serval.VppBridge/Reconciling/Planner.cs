using System.Globalization;
using System.Net;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>Compares what was asked for with what is, and says what to do in which order. A pure function.
/// <para>The order keeps traffic from passing where it should not: ACLs first, then tunnels, their addresses,
/// the bindings, and only then are tunnels set up and given peers and routes; NAT follows; what is not wanted
/// any more goes last. Only what carries our tag, or what the leaving state says we made, is ever taken
/// away.</para></summary>
internal sealed class Planner
{
    public const uint DefaultNatSessions = 65_536;

    private readonly DesiredState _desired;
    private readonly DesiredState _leaving;
    private readonly VppState _seen;
    private readonly List<VppChange> _changes = [];
    private readonly List<string> _blocked = [];
    private readonly HashSet<uint> _keptAcls = [];
    private readonly HashSet<string> _newTunnels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _foreignTunnels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unguarded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VppAcl> _aclsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, VppAcl> _aclsByIndex = [];

    private Planner(DesiredState desired, DesiredState leaving, VppState seen)
    {
        _desired = desired;
        _leaving = leaving;
        _seen = seen;
        foreach (VppAcl acl in seen.Acls)
        {
            _aclsByIndex.TryAdd(acl.Index, acl);
            if (acl.Name is { } name)
                _aclsByName.TryAdd(name, acl);
        }
    }

    /// <param name="desired">What is asked for.</param>
    /// <param name="leaving">What was asked for before, or was tried and given up: ours to take away.</param>
    /// <param name="seen">What is.</param>
    public static Plan Build(DesiredState desired, DesiredState leaving, VppState seen)
    {
        var planner = new Planner(desired, leaving, seen);
        planner.PlanAcls();
        planner.PlanLeavingRoutesAndPeers();
        foreach (Tunnel tunnel in desired.Tunnels.Values)
            planner.PlanTunnel(tunnel);
        planner.PlanBindings();
        foreach (Tunnel tunnel in desired.Tunnels.Values)
            planner.PlanTunnelTraffic(tunnel);
        planner.PlanNat();
        planner.PlanLeavingTunnels();
        planner.PlanLeavingAcls();
        return new Plan(planner._changes, planner._blocked);
    }

    private void PlanAcls()
    {
        foreach (Acl acl in _desired.Acls.Values)
        {
            if (!_aclsByName.TryGetValue(acl.Name, out VppAcl? own))
            {
                _changes.Add(new VppChange.AddAcl(acl));
                continue;
            }

            _keptAcls.Add(own.Index);
            if (!own.Rules.SequenceEqual(acl.Rules))
                _changes.Add(new VppChange.ReplaceAcl(acl, own.Rules));
        }
    }

    private void PlanTunnel(Tunnel tunnel)
    {
        VppTunnel? seen = _seen.FindTunnel(tunnel.Instance);
        if (seen is not null && !IsSame(seen, tunnel))
        {
            // Ours with other settings can only be an older wish; anything else is somebody else's interface.
            if (!_leaving.Tunnels.Values.Any(t => IsSame(seen, t)))
            {
                _blocked.Add($"tunnel {tunnel.Name}: {tunnel.InterfaceName} of VPP belongs to somebody else");
                _foreignTunnels.Add(Tunnel.BindingPrefix + tunnel.Name);
                return;
            }

            _changes.Add(new VppChange.DeleteTunnel(tunnel.InterfaceName, tunnel.Name));
            seen = null;
        }

        if (seen is null)
        {
            _newTunnels.Add(tunnel.Name);
            _changes.Add(new VppChange.CreateTunnel(tunnel));
        }

        VppInterface? own = seen is null ? null
            : _seen.Interfaces.FirstOrDefault(i => i.Index == seen.InterfaceIndex);
        foreach (IpPrefix address in tunnel.Addresses)
        {
            if (own is null || !own.Addresses.Contains(address))
                _changes.Add(new VppChange.AddAddress(tunnel.InterfaceName, address));
        }
    }

    private void PlanTunnelTraffic(Tunnel tunnel)
    {
        VppTunnel? seen = _newTunnels.Contains(tunnel.Name) ? null : _seen.FindTunnel(tunnel.Instance);
        if (seen is null && !_newTunnels.Contains(tunnel.Name))
            return;
        if (seen is not null && !IsSame(seen, tunnel))
            return;

        // No traffic past ACLs that were asked for and cannot be bound.
        if (_unguarded.Contains(tunnel.InterfaceName))
            return;
        VppInterface? own = seen is null ? null
            : _seen.Interfaces.FirstOrDefault(i => i.Index == seen.InterfaceIndex);
        if (own is not { IsAdminUp: true })
            _changes.Add(new VppChange.SetUp(tunnel.InterfaceName));
        foreach (TunnelPeer peer in tunnel.Peers)
        {
            VppPeer? there = seen is null ? null : _seen.Peers.FirstOrDefault(
                p => p.InterfaceIndex == seen.InterfaceIndex && p.Peer.PublicKey == peer.PublicKey);
            if (there is not null && there.Peer.IsSamePeer(peer))
                continue;
            if (there is not null)
                _changes.Add(new VppChange.RemovePeer(tunnel.InterfaceName, peer.PublicKey, there.PeerIndex));
            _changes.Add(new VppChange.AddPeer(tunnel.InterfaceName, peer));
        }

        foreach (TunnelRoute route in tunnel.Routes().Distinct())
        {
            if (seen is null || !_seen.Routes.Contains(
                new PlacedRoute(route.Prefix, route.Via, tunnel.InterfaceName)))
                _changes.Add(new VppChange.AddRoute(tunnel.InterfaceName, route));
        }
    }

    private void PlanBindings()
    {
        foreach (AclBinding binding in _desired.Bindings.Values)
            PlanBinding(binding);
        foreach (AclBinding binding in _leaving.Bindings.Values)
        {
            if (!_desired.Bindings.ContainsKey(binding.Interface))
                PlanBinding(binding with { Inputs = [], Outputs = [] });
        }
    }

    private void PlanBinding(AclBinding binding)
    {
        bool isGone = binding.Inputs.Count == 0 && binding.Outputs.Count == 0;
        string? name = _desired.InterfaceOf(binding.Interface);
        if (name is null)
        {
            if (!isGone)
                _blocked.Add($"ACLs of {binding.Interface}: there is no such tunnel");
            return;
        }

        if (_foreignTunnels.Contains(binding.Interface))
            return;
        VppAclLists before = VppAclLists.Empty;
        if (!IsNewTunnel(name))
        {
            if (_seen.FindInterface(name, out string? problem) is not { } over)
            {
                if (!isGone)
                    Block(binding, name, problem!);
                return;
            }

            before = _seen.AclLists.GetValueOrDefault(over.Index, VppAclLists.Empty);
        }

        if (before.Inputs.Concat(before.Outputs).FirstOrDefault(IsForeign, uint.MaxValue) is var foreign
            && foreign != uint.MaxValue)
        {
            if (!isGone)
                Block(binding, name, $"ACL index {foreign}, which is not ours, is bound there");
            return;
        }

        string[] inputs = Names(before.Inputs), outputs = Names(before.Outputs);
        if (!inputs.SequenceEqual(binding.Inputs) || !outputs.SequenceEqual(binding.Outputs))
            _changes.Add(new VppChange.SetAclLists(name, inputs, outputs, binding.Inputs, binding.Outputs));
    }

    private void Block(AclBinding binding, string name, string problem)
    {
        _unguarded.Add(name);
        _blocked.Add($"ACLs of {binding.Interface}: {problem}");
    }

    private bool IsForeign(uint index) => _aclsByIndex.GetValueOrDefault(index)?.Name is null;

    // Two ACLs can carry one tag after a crash: the one that is not kept goes by its index.
    private string[] Names(IReadOnlyList<uint> acls) =>
    [
        .. acls.Select(index =>
            _keptAcls.Contains(index) || !_desired.Acls.ContainsKey(_aclsByIndex[index].Name!)
            ? _aclsByIndex[index].Name!
            : "#" + index.ToString(CultureInfo.InvariantCulture)),
    ];

    private void PlanNat()
    {
        SourceNat wanted = _desired.Nat ?? new SourceNat([], [], [], 0);
        SourceNat before = _leaving.Nat ?? new SourceNat([], [], [], 0);
        VppNat nat = _seen.Nat;
        if (_desired.Nat is not null && !nat.IsEnabled)
        {
            _changes.Add(new VppChange.EnableNat(
                wanted.SessionsMax == 0 ? DefaultNatSessions : wanted.SessionsMax));
            nat = VppNat.Disabled;
        }

        foreach (IPAddress address in wanted.Addresses.Where(a => !nat.Addresses.Contains(a)))
            _changes.Add(new VppChange.SetNatAddress(address, true));
        PlanNatSide(wanted.Inside, before.Inside, nat.Inside, isInside: true);
        PlanNatSide(wanted.Outside, before.Outside, nat.Outside, isInside: false);
        foreach (IPAddress address in before.Addresses.Where(
            a => !wanted.Addresses.Contains(a) && nat.Addresses.Contains(a)))
            _changes.Add(new VppChange.SetNatAddress(address, false));
    }

    private void PlanNatSide(
        IReadOnlyList<string> wanted, IReadOnlyList<string> before, IReadOnlyList<uint> seen, bool isInside)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (string wish in wanted)
        {
            if (_desired.InterfaceOf(wish) is not { } name)
            {
                _blocked.Add($"source NAT: there is no {wish}");
                continue;
            }

            placed.Add(name);
            if (_foreignTunnels.Contains(wish))
                _blocked.Add($"source NAT: {wish} is not ours in VPP");
            else if (IsNewTunnel(name))
                _changes.Add(new VppChange.SetNatInterface(name, isInside, true));
            else if (_seen.FindInterface(name, out string? problem) is not { } over)
                _blocked.Add($"source NAT: {problem}");
            else if (!seen.Contains(over.Index))
                _changes.Add(new VppChange.SetNatInterface(name, isInside, true));
        }

        foreach (string name in before.SelectMany(_leaving.InterfacesOf))
        {
            if (!placed.Contains(name) && _seen.FindInterface(name, out _) is { } over
                && seen.Contains(over.Index))
                _changes.Add(new VppChange.SetNatInterface(name, isInside, false));
        }
    }

    // An interface that this plan makes is not among those seen yet.
    private bool IsNewTunnel(string name) => _newTunnels.Any(t => _desired.Tunnels[t].InterfaceName == name);

    private void PlanLeavingRoutesAndPeers()
    {
        HashSet<PlacedRoute> wanted = [.. _desired.Routes()];
        foreach (Tunnel old in _leaving.Tunnels.Values)
        {
            if (_seen.FindTunnel(old.Instance) is not { } seen || !IsSame(seen, old))
                continue;
            foreach (TunnelRoute route in old.Routes().Distinct())
            {
                var placed = new PlacedRoute(route.Prefix, route.Via, old.InterfaceName);
                if (_seen.Routes.Contains(placed) && !wanted.Contains(placed))
                    AddOnce(new VppChange.RemoveRoute(old.InterfaceName, route));
            }

            Tunnel? stays = _desired.Tunnels.Values.FirstOrDefault(t => IsSame(seen, t));
            foreach (VppPeer peer in _seen.Peers.Where(p => p.InterfaceIndex == seen.InterfaceIndex))
            {
                // A peer is ours when we asked for it once; a stranger's peer stays while the tunnel does.
                bool isOurs = old.Peers.Any(p => p.PublicKey == peer.Peer.PublicKey);
                bool isWanted = stays?.Peers.Any(p => p.PublicKey == peer.Peer.PublicKey) ?? false;
                if (!isWanted && (isOurs || stays is null))
                    AddOnce(new VppChange.RemovePeer(
                        old.InterfaceName, peer.Peer.PublicKey, peer.PeerIndex));
            }
        }
    }

    private void PlanLeavingTunnels()
    {
        foreach (Tunnel old in _leaving.Tunnels.Values)
        {
            if (_seen.FindTunnel(old.Instance) is { } seen && IsSame(seen, old)
                && !_desired.Tunnels.Values.Any(t => t.Instance == old.Instance))
                AddOnce(new VppChange.DeleteTunnel(old.InterfaceName, old.Name));
        }
    }

    // Two states that are taken away can hold the same tunnel.
    private void AddOnce(VppChange change)
    {
        if (!_changes.Contains(change))
            _changes.Add(change);
    }

    private void PlanLeavingAcls()
    {
        foreach (VppAcl acl in _seen.Acls)
        {
            if (acl.Name is null || _keptAcls.Contains(acl.Index))
                continue;

            // Bound somewhere we did not bind it: taking it away there could open the interface.
            if (_seen.AclLists.Any(
                e => (e.Value.Inputs.Contains(acl.Index) || e.Value.Outputs.Contains(acl.Index))
                && !IsRebound(e.Key)))
            {
                _blocked.Add($"ACL {acl.Name} is not wanted, but somebody bound it to {UsersOf(acl.Index)}");
                continue;
            }

            _changes.Add(new VppChange.DeleteAcl(acl.Name, acl.Index));
        }
    }

    private bool IsRebound(uint interfaceIndex) => _seen.Interfaces.Any(i => i.Index == interfaceIndex
        && _changes.Any(c => c is VppChange.SetAclLists lists && lists.Interface == i.Name));

    private string UsersOf(uint acl) => string.Join(", ", _seen.AclLists
        .Where(entry => entry.Value.Inputs.Contains(acl) || entry.Value.Outputs.Contains(acl))
        .Select(entry => _seen.Interfaces.FirstOrDefault(i => i.Index == entry.Key)?.Name ?? "?"));

    private static bool IsSame(VppTunnel seen, Tunnel tunnel) =>
        seen.Instance == tunnel.Instance && seen.PublicKey == tunnel.Key.PublicKey
        && seen.ListenPort == tunnel.ListenPort && seen.LocalAddress.Equals(tunnel.LocalAddress);
}
