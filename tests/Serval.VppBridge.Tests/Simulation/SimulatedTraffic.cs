using Serval.VppBridge.Model;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>What VPP's ACLs do with packets, as it was seen on a real one: ports exist for TCP, UDP and ICMP
/// only, a reflecting rule opens a session that the interface's ACLs are no longer asked about, and such
/// sessions end when no ACL is bound to the interface, or are asked about again after a change when
/// reclassify-sessions is on.</summary>
internal sealed class SimulatedTraffic(SimulatedState state)
{
    private readonly Dictionary<(uint Interface, SimulatedPacket Packet), uint> _sessions = [];

    /// <summary>True when the packet passes the lists of the interface it comes in on, or goes out
    /// by.</summary>
    public bool Passes(string name, bool isInput, SimulatedPacket packet)
    {
        SimulatedInterface over = state.Find(name)!;
        (List<uint> inputs, List<uint> outputs) = state.Lists[over.Index];
        List<uint> list = isInput ? inputs : outputs;
        if (inputs.Count + outputs.Count == 0)
            return true;
        if (state.EmptiedLists.Remove(over.Index))
            DropSessions(over.Index);
        uint epoch = state.PolicyEpochs.GetValueOrDefault(over.Index);
        if (_sessions.TryGetValue((over.Index, packet), out uint of)
            && (of == epoch || !state.ReclassifiesSessions))
            return true;
        if (list.Count == 0)
            return true;
        AclRule? rule = list.SelectMany(a => state.Acls[a].Rules).FirstOrDefault(r => Matches(r, packet));
        if (rule?.Action != AclAction.PermitReflect)
            return rule?.Action == AclAction.Permit;
        _sessions[(over.Index, packet)] = epoch;
        _sessions[(over.Index, packet.Reversed())] = epoch;
        return true;
    }

    private void DropSessions(uint index)
    {
        foreach ((uint Interface, SimulatedPacket Packet) session in _sessions.Keys
            .Where(s => s.Interface == index).ToArray())
            _sessions.Remove(session);
    }

    private static bool Matches(AclRule rule, SimulatedPacket packet)
    {
        if (!rule.Source.Contains(IpPrefix.Host(packet.Source))
            || !rule.Destination.Contains(IpPrefix.Host(packet.Destination)))
            return false;
        if (rule.Protocol == 0)
            return true;
        bool hasPorts = packet.Protocol is 1 or 6 or 17 or 58;
        ushort from = hasPorts ? packet.SourcePort : (ushort)0;
        ushort to = hasPorts ? packet.DestinationPort : (ushort)0;
        return rule.Protocol == packet.Protocol
            && from >= rule.SourcePorts.First && from <= rule.SourcePorts.Last
            && to >= rule.DestinationPorts.First && to <= rule.DestinationPorts.Last;
    }
}
