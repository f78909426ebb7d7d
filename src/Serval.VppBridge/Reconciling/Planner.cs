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

    // Reported, but no object that a change could be about.
    private const string NoObject = "";

    private readonly DesiredState _desired;
    private readonly DesiredState _leaving;
    private readonly VppState _seen;
    private readonly Provenance _made;
    private readonly PlanScope? _scope;
    private readonly List<VppChange> _changes = [];
    private readonly List<Obstacle> _blocked = [];
    private readonly HashSet<uint> _keptAcls = [];
    private readonly HashSet<string> _newTunnels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _foreignTunnels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unguarded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VppAcl> _aclsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, VppAcl> _aclsByIndex = [];

    private Planner(
        DesiredState desired, DesiredState leaving, VppState seen, Provenance made, PlanScope? scope)
    {
        _desired = desired;
        _leaving = leaving;
        _seen = seen;
        _made = made;
        _scope = scope;
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
    /// <param name="made">What the bridge did to VPP that VPP cannot tell.</param>
    /// <param name="scope">The objects to plan for; null for all.</param>
    public static Plan Build(
        DesiredState desired, DesiredState leaving, VppState seen, Provenance made, PlanScope? scope = null)
    {
        var planner = new Planner(desired, leaving, seen, made, scope);
        planner.PlanAcls();
        planner.PlanLeavingRoutesAndPeers();
        Tunnel[] tunnels = [.. desired.Tunnels.Values
            .Where(t => planner.Covers(DesiredState.TunnelKey(t.Name)))];
        foreach (Tunnel tunnel in tunnels)
            planner.PlanTunnel(tunnel);
        planner.PlanBindings();
        foreach (Tunnel tunnel in tunnels)
            planner.PlanTunnelTraffic(tunnel);
        if (planner.Covers(DesiredState.NatKey))
            planner.PlanNat();
        planner.PlanLeavingTunnels();
        planner.PlanLeavingAcls();
        if (scope is null)
            planner.ReportStrayBindings();
        return new Plan(planner._changes, planner._blocked);
    }

    private bool Covers(string key) => _scope is null || _scope.Planned.Contains(key);

    private void PlanAcls()
    {
        foreach (Acl acl in _desired.Acls.Values)
        {
            VppAcl? own = _aclsByName.GetValueOrDefault(acl.Name);
            if (own is not null)
                _keptAcls.Add(own.Index);
            if (!Covers(DesiredState.AclKey(acl.Name)))
                continue;
            if (own is null)
                _changes.Add(new VppChange.AddAcl(acl));
            else if (!own.Rules.SequenceEqual(acl.Rules))
                _changes.Add(new VppChange.ReplaceAcl(acl, own.Rules));

            // Rules that an older bridge took.
            if (acl.Rules.Select(r => r.FindUnenforced()).FirstOrDefault(p => p is not null) is { } problem)
            {
                _blocked.Add(new Obstacle(
                    DesiredState.AclKey(acl.Name),
                    $"ACL {acl.Name}: VPP does not look at the {problem}; apply it without them"));
            }
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
                _blocked.Add(new Obstacle(
                    DesiredState.TunnelKey(tunnel.Name),
                    $"tunnel {tunnel.Name}: {tunnel.InterfaceName} of VPP belongs to somebody else"));
                _foreignTunnels.Add(tunnel.InterfaceName);
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

        int before = _changes.Count;
        VppInterface? own = seen is null ? null
            : _seen.Interfaces.FirstOrDefault(i => i.Index == seen.InterfaceIndex);
        if (own is not { IsAdminUp: true })
            _changes.Add(new VppChange.SetUp(tunnel.InterfaceName));
        foreach (TunnelPeer peer in tunnel.Peers)
            PlanPeer(tunnel, peer, seen);
        foreach (TunnelRoute route in tunnel.Routes().Distinct())
        {
            if (seen is null || !_seen.Routes.Contains(
                new PlacedRoute(route.Prefix, route.Via, tunnel.InterfaceName)))
                _changes.Add(new VppChange.AddRoute(tunnel.InterfaceName, route));
        }

        // No traffic past ACLs that were asked for and cannot be bound.
        if (_changes.Count > before && _unguarded.TryGetValue(tunnel.InterfaceName, out string? problem))
        {
            _changes.RemoveRange(before, _changes.Count - before);
            _blocked.Add(new Obstacle(
                DesiredState.TunnelKey(tunnel.Name),
                $"tunnel {tunnel.Name}: it gets no traffic before its ACLs are bound: {problem}"));
        }
    }

    private void PlanPeer(Tunnel tunnel, TunnelPeer peer, VppTunnel? seen)
    {
        VppPeer? there = seen is null ? null : _seen.Peers.FirstOrDefault(
            p => p.InterfaceIndex == seen.InterfaceIndex && p.Peer.PublicKey == peer.PublicKey);
        if (there is not null && peer.IsHeldBy(there.Peer) && WasMadeFor(peer))
            return;
        if (there is not null)
            _changes.Add(new VppChange.RemovePeer(tunnel.InterfaceName, peer.PublicKey, there.PeerIndex));
        _changes.Add(new VppChange.AddPeer(tunnel.InterfaceName, peer));
    }

    // What a live peer was made for is remembered. After a restart of the bridge it is not: then only a wish
    // that was being changed can differ from it.
    private bool WasMadeFor(TunnelPeer peer) => _made.Peers.TryGetValue(peer.PublicKey, out TunnelPeer? made)
        ? made.HasSameEndpoint(peer)
        : !_leaving.Tunnels.Values.SelectMany(t => t.Peers)
            .Any(p => p.PublicKey == peer.PublicKey && !p.HasSameEndpoint(peer));

    private void PlanBindings()
    {
        foreach (AclBinding binding in _desired.Bindings.Values)
        {
            if (Covers(DesiredState.BindingKey(binding.Interface)))
                PlanBinding(binding);
        }

        foreach (AclBinding binding in _leaving.Bindings.Values)
        {
            if (!_desired.Bindings.ContainsKey(binding.Interface)
                && Covers(DesiredState.BindingKey(binding.Interface)))
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
                Block(binding, binding.Interface, "there is no such tunnel");
            return;
        }

        if (_foreignTunnels.Contains(name))
        {
            Block(binding, name, $"{name} of VPP belongs to somebody else");
            return;
        }

        VppAclLists before = VppAclLists.Empty;
        if (!IsNewTunnel(name))
        {
            if (_seen.FindInterface(name, out string? problem) is not { } over)
            {
                // Nothing is bound to an interface that is gone.
                if (!isGone || _seen.Interfaces.Any(i => i.Name == name))
                    Block(binding, name, problem!);
                return;
            }

            before = _seen.AclLists.GetValueOrDefault(over.Index, VppAclLists.Empty);
        }

        if (before.Inputs.Concat(before.Outputs).FirstOrDefault(IsForeign, uint.MaxValue) is var foreign
            && foreign != uint.MaxValue)
        {
            Block(binding, name, $"ACL index {foreign}, which is not ours, is bound there");
            return;
        }

        string[] inputs = Names(before.Inputs), outputs = Names(before.Outputs);
        if (!inputs.SequenceEqual(binding.Inputs) || !outputs.SequenceEqual(binding.Outputs))
            _changes.Add(new VppChange.SetAclLists(name, inputs, outputs, binding.Inputs, binding.Outputs));
    }

    private void Block(AclBinding binding, string name, string problem)
    {
        _unguarded.TryAdd(name, problem);
        _blocked.Add(new Obstacle(
            DesiredState.BindingKey(binding.Interface), $"ACLs of {binding.Interface}: {problem}"));
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
        else if (wanted.SessionsMax != 0 && wanted.SessionsMax != nat.SessionsMax)
        {
            BlockNat($"sessions_max is {nat.SessionsMax} in VPP and stays so until NAT44 is enabled anew, "
                + $"with a restart of VPP; {wanted.SessionsMax} has no effect, 0 takes what VPP has");
        }

        foreach (IPAddress address in wanted.Addresses.Where(a => !nat.Addresses.Contains(a)))
            _changes.Add(new VppChange.SetNatAddress(address, true));
        PlanNatSide(wanted.Inside, before.Inside, nat.Inside, isInside: true);
        PlanNatSide(wanted.Outside, before.Outside, nat.Outside, isInside: false);

        // What was there before us is not ours to take away.
        foreach (IPAddress address in before.Addresses.Where(a => !wanted.Addresses.Contains(a)
            && nat.Addresses.Contains(a) && _made.Nat.Addresses.Contains(a)))
            _changes.Add(new VppChange.SetNatAddress(address, false));
    }

    private void BlockNat(string problem) =>
        _blocked.Add(new Obstacle(DesiredState.NatKey, "source NAT: " + problem));

    private void PlanNatSide(
        IReadOnlyList<string> wanted, IReadOnlyList<string> before, IReadOnlyList<uint> seen, bool isInside)
    {
        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (string wish in wanted)
        {
            if (_desired.InterfaceOf(wish) is not { } name)
            {
                BlockNat($"there is no {wish}");
                continue;
            }

            placed.Add(name);
            if (_foreignTunnels.Contains(name))
                BlockNat($"{wish} is not ours in VPP");
            else if (IsNewTunnel(name))
                _changes.Add(new VppChange.SetNatInterface(name, isInside, true));
            else if (_seen.FindInterface(name, out string? problem) is not { } over)
                BlockNat(problem!);
            else if (!seen.Contains(over.Index))
                _changes.Add(new VppChange.SetNatInterface(name, isInside, true));
        }

        IReadOnlyList<string> made = isInside ? _made.Nat.Inside : _made.Nat.Outside;
        foreach (string name in before.SelectMany(_leaving.InterfacesOf).Intersect(made))
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
            if (_seen.FindTunnel(old.Instance) is not { } seen || !IsSame(seen, old)
                || !Covers(DesiredState.TunnelKey(old.Name)))
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
                && Covers(DesiredState.TunnelKey(old.Name))
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
            if (acl.Name is null || _keptAcls.Contains(acl.Index)
                || !Covers(DesiredState.AclKey(acl.Name)))
                continue;

            // Bound somewhere we did not bind it: taking it away there could open the interface.
            if (_seen.AclLists.Any(
                e => (e.Value.Inputs.Contains(acl.Index) || e.Value.Outputs.Contains(acl.Index))
                && !IsRebound(e.Key)))
            {
                _blocked.Add(new Obstacle(
                    DesiredState.AclKey(acl.Name),
                    $"ACL {acl.Name} is not wanted, but somebody bound it to {UsersOf(acl.Index)}"));
                continue;
            }

            _changes.Add(new VppChange.DeleteAcl(acl.Name, acl.Index));
        }
    }

    /// <summary>An ACL of ours on an interface where nobody asked us to bind it: somebody referred to its
    /// number. It is theirs to take away.</summary>
    private void ReportStrayBindings()
    {
        HashSet<string?> ours = [.. _desired.Bindings.Keys.Select(_desired.InterfaceOf)];
        foreach ((uint index, VppAclLists lists) in _seen.AclLists.OrderBy(l => l.Key))
        {
            string name = _seen.Interfaces.FirstOrDefault(i => i.Index == index)?.Name
                ?? $"sw_if_index {index}";
            if (ours.Contains(name) || IsRebound(index))
                continue;
            foreach (uint acl in lists.Inputs.Concat(lists.Outputs).Where(_keptAcls.Contains).Distinct())
            {
                _blocked.Add(new Obstacle(
                    NoObject, $"ACL {_aclsByIndex[acl].Name} is bound to {name}, and not by us"));
            }
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
