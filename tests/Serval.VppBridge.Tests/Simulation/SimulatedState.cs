using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>What a VPP holds in its memory. Return values are VPP's.</summary>
internal sealed class SimulatedState
{
    private readonly Stack<uint> _freeAcls = new();
    private uint _nextAcl;
    private uint _nextPeer;

    public SortedDictionary<uint, SimulatedInterface> Interfaces { get; } = [];

    public SortedDictionary<uint, VppAcl> Acls { get; } = [];

    public Dictionary<uint, (List<uint> Inputs, List<uint> Outputs)> Lists { get; } = [];

    public SortedDictionary<uint, VppPeer> Peers { get; } = [];

    public HashSet<PlacedRoute> Routes { get; } = [];

    /// <summary>What NAT44 was enabled with; 0 while it is off.</summary>
    public uint NatSessions { get; private set; }

    public bool IsNatEnabled => NatSessions > 0;

    /// <summary>Whether VPP turns the counters of rules on when asked to.</summary>
    public bool CanCountMatches { get; set; } = true;

    /// <summary>What is left out of WireGuard's details.</summary>
    public UnsetDetails Unset { get; set; }

    /// <summary>Plugins that are not loaded: acl, wireguard, nat.</summary>
    public HashSet<string> MissingPlugins { get; } = new(StringComparer.Ordinal);

    /// <summary>Peers whose events the client asked for.</summary>
    public HashSet<uint> WatchedPeers { get; } = [];

    /// <summary>Whether the start-up configuration has run.</summary>
    public bool HasStarted { get; private set; }

    public bool ReclassifiesSessions { get; set; }

    /// <summary>Moves with every change of an interface's ACLs or of their rules.</summary>
    public Dictionary<uint, uint> PolicyEpochs { get; } = [];

    /// <summary>Interfaces that had no ACL for a moment, whose sessions are dropped.</summary>
    public HashSet<uint> EmptiedLists { get; } = [];

    public List<IPAddress> NatAddresses { get; } = [];

    public List<(uint Index, bool IsInside)> NatInterfaces { get; } = [];

    /// <summary>A VPP whose sockets accept, before its start-up configuration has run.</summary>
    public static SimulatedState Bare()
    {
        var state = new SimulatedState();
        state.AddInterface("local0", 0, isUp: false, mtu: 0);
        return state;
    }

    /// <summary>A VPP whose start-up configuration made three interfaces.</summary>
    public static SimulatedState Fresh()
    {
        SimulatedState state = Bare();
        state.RunStartup(_ => { });
        return state;
    }

    public void RunStartup(Action<SimulatedState> rest)
    {
        AddInterface("host-va", 1, isUp: true, mtu: 9000).Addresses.Add(Prefix("10.1.0.1/24"));
        AddInterface("host-vb", 2, isUp: true, mtu: 9000).Addresses.Add(Prefix("10.2.0.1/24"));
        AddInterface("host-vw", 3, isUp: true, mtu: 9000).Addresses.Add(Prefix("192.0.2.1/24"));
        rest(this);
        HasStarted = true;
    }

    /// <summary>Enabling again with another size is accepted and changes nothing.</summary>
    public void EnableNat(uint sessions)
    {
        if (!IsNatEnabled)
            NatSessions = sessions;
    }

    /// <summary>VPP learns where a peer sends from, and keeps that as its endpoint.</summary>
    public void Roam(string publicKey, string address, ushort port)
    {
        VppPeer peer = Peers.Values.Single(p => p.Peer.PublicKey == publicKey);
        Peers[peer.PeerIndex] = peer with
        {
            Peer = peer.Peer with { EndpointAddress = IPAddress.Parse(address), EndpointPort = port },
            Status = PeerStatus.Established,
        };
    }

    public SimulatedInterface AddInterface(string name, uint index, bool isUp, uint mtu)
    {
        var added = new SimulatedInterface(index, name) { IsUp = isUp, Mtu = mtu };
        Interfaces.Add(index, added);
        Lists[index] = ([], []);
        return added;
    }

    public SimulatedInterface? Find(string name) => Interfaces.Values.FirstOrDefault(i => i.Name == name);

    public (int Value, uint Index) SetAcl(uint index, string tag, IReadOnlyList<AclRule> rules)
    {
        if (tag.Length > 63)
            return (-7, index);
        if (index != uint.MaxValue && !Acls.ContainsKey(index))
            return (-6, index);
        foreach (AclRule rule in rules)
        {
            if (rule.SourcePorts.First > rule.SourcePorts.Last
                || rule.DestinationPorts.First > rule.DestinationPorts.Last)
                return (-8, index);
            if (rule.Source.IsV6 != rule.Destination.IsV6 || rule.Source.HasHostBits
                || rule.Destination.HasHostBits)
                return (-57, index);
        }

        if (index == uint.MaxValue)
            index = _freeAcls.Count > 0 ? _freeAcls.Pop() : _nextAcl++;
        Acls[index] = new VppAcl(index, tag, rules);
        foreach ((uint user, (List<uint> inputs, List<uint> outputs)) in Lists)
        {
            if (inputs.Contains(index) || outputs.Contains(index))
                ChangePolicy(user);
        }

        return (0, index);
    }

    public int DeleteAcl(uint index)
    {
        if (!Acls.ContainsKey(index))
            return -6;
        if (Lists.Values.Any(l => l.Inputs.Contains(index)))
            return -142;
        if (Lists.Values.Any(l => l.Outputs.Contains(index)))
            return -143;
        Acls.Remove(index);
        _freeAcls.Push(index);
        return 0;
    }

    public int SetLists(uint swIfIndex, uint[] inputs, uint[] outputs)
    {
        if (!Lists.TryGetValue(swIfIndex, out (List<uint> Inputs, List<uint> Outputs) lists))
            return -2;
        if (inputs.Concat(outputs).Any(a => !Acls.ContainsKey(a)))
            return -6;

        // The output list is replaced before the input list is found to be wrong.
        lists.Outputs.Clear();
        lists.Outputs.AddRange(outputs);
        if (inputs.Distinct().Count() != inputs.Length)
            return 1;
        lists.Inputs.Clear();
        lists.Inputs.AddRange(inputs);
        ChangePolicy(swIfIndex);
        return 0;
    }

    public void ChangePolicy(uint swIfIndex)
    {
        PolicyEpochs[swIfIndex] = PolicyEpochs.GetValueOrDefault(swIfIndex) + 1;
        if (Lists[swIfIndex].Inputs.Count + Lists[swIfIndex].Outputs.Count == 0)
            EmptiedLists.Add(swIfIndex);
    }

    public (int Value, uint Index) CreateTunnel(uint instance, ushort port, IPAddress source, PrivateKey key)
    {
        if (instance == uint.MaxValue)
            instance = Enumerable.Range(0, int.MaxValue).Select(i => (uint)i)
                .First(i => Find("wg" + i) is null);
        if (Find("wg" + instance) is not null)
            return (-31, uint.MaxValue);
        uint index = Enumerable.Range(0, int.MaxValue).Select(i => (uint)i)
            .First(i => !Interfaces.ContainsKey(i));
        SimulatedInterface made = AddInterface("wg" + instance, index, isUp: false, mtu: 0);
        made.Tunnel = new VppTunnel(index, instance, key.PublicKey, port, source);
        made.Key = key;
        return (0, index);
    }

    public int DeleteTunnel(uint index)
    {
        if (!Interfaces.TryGetValue(index, out SimulatedInterface? found) || found.Tunnel is null)
            return -2;
        Interfaces.Remove(index);
        Lists.Remove(index);
        foreach (uint peer in Peers.Values.Where(p => p.InterfaceIndex == index).Select(p => p.PeerIndex)
            .ToArray())
            Peers.Remove(peer);
        Routes.RemoveWhere(r => r.Interface == found.Name);
        return 0;
    }

    public (int Value, uint Index) AddPeer(uint swIfIndex, TunnelPeer peer)
    {
        if (!Interfaces.TryGetValue(swIfIndex, out SimulatedInterface? found) || found.Tunnel is null)
            return (-2, uint.MaxValue);
        if (Peers.Values.Any(p => p.Peer.PublicKey == peer.PublicKey))
            return (-116, uint.MaxValue);
        uint index = _nextPeer++;
        Peers.Add(index, new VppPeer(index, swIfIndex, peer, PeerStatus.None));
        return (0, index);
    }

    public int AddAddress(uint swIfIndex, IpPrefix address)
    {
        if (!Interfaces.TryGetValue(swIfIndex, out SimulatedInterface? found))
            return -2;
        if (Interfaces.Values.Any(i => i.Addresses.Any(a => a.Contains(address) || address.Contains(a))))
            return -105;
        found.Addresses.Add(address);
        return 0;
    }

    /// <summary>Everything in words, with names instead of handles, which differ after a restart.</summary>
    public string Describe(bool withKeys = true) => string.Join('\n', (string[])
    [
        .. Acls.Values.Select(a => $"{a.Tag} {string.Join(';', a.Rules)}")
            .Order(StringComparer.Ordinal),
        .. Lists.Where(l => l.Value.Inputs.Count + l.Value.Outputs.Count > 0).Select(l =>
            $"{Interfaces[l.Key].Name} {string.Join(',', l.Value.Inputs.Select(i => Acls[i].Tag))}"
            + $" {string.Join(',', l.Value.Outputs.Select(i => Acls[i].Tag))}").Order(StringComparer.Ordinal),
        .. Interfaces.Values.Select(
            i => $"{i.Name} {i.IsUp} {(withKeys ? i.Tunnel?.PublicKey : "")} "
                + string.Join(',', i.Addresses)),
        .. Peers.Values.Select(p => $"{p.Peer.PublicKey} {p.Peer.KeepaliveS}").Order(StringComparer.Ordinal),
        .. Routes.Select(r => $"{r.Prefix} {r.Via} {r.Interface}").Order(StringComparer.Ordinal),
        $"{IsNatEnabled} {string.Join(',', NatAddresses)} "
            + $"{string.Join(',', NatInterfaces.Order())}",
    ]);

    private static IpPrefix Prefix(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : default;
}
