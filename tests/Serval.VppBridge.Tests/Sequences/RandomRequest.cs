using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;

namespace Serval.VppBridge.Tests.Sequences;

/// <summary>A request, whether the model says that it must be taken, and what it does to the model.</summary>
internal sealed record RandomRequest(
    string Name, bool IsTaken, Func<Gateway, Task<Change>> Send, Action<SimpleModel> Apply)
{
    private static readonly string[] Acls = ["a0", "a1", "a2", "a3"];

    public static RandomRequest Next(Random random, SimpleModel model, bool isCli) =>
        random.Next(9) switch
        {
            0 or 1 => ApplyAcl(random),
            2 => DeleteAcl(Acls[random.Next(4)], model),
            3 or 4 => Bind(random, model, isCli),
            5 => CreateTunnel((ushort)(51820 + random.Next(2)), random.Next(1, 3), model),
            6 => DeleteTunnel((ushort)(51820 + random.Next(2)), model),
            7 => SetPeer((ushort)(51820 + random.Next(2)), random.Next(3), random.Next(2) == 0, model),
            _ => SetNat(random.Next(4)),
        };

    private static RandomRequest ApplyAcl(Random random)
    {
        string name = Acls[random.Next(4)];
        (AclAction Action, string Source)[] rules = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            ((AclAction)random.Next(1, 4), $"10.{random.Next(8)}.0.0/16"))];
        return new RandomRequest(
            $"ApplyAcl {name} {string.Join(' ', rules)}", true,
            g => g.ApplyAsync(Gateway.Acl(name, [.. rules.Select(r => Gateway.Rule(r.Action, r.Source))])),
            m => m.Acls[name] = [.. rules.Select(r => $"{Say(r.Action)} {r.Source}")]);
    }

    private static RandomRequest DeleteAcl(string name, SimpleModel model) => new(
        $"DeleteAcl {name}", !model.IsBound(name),
        async g => (await g.CallAsync(
            "DeleteAcl", new DeleteAclRequest { Name = name, AllowMissing = true },
            DeleteAclResponse.Parser)).Change,
        m => m.Acls.Remove(name));

    private static RandomRequest Bind(Random random, SimpleModel model, bool isCli)
    {
        string[] places = ["host-va", "host-vb", "tunnel:t0", "tunnel:t1"];
        string place = places[random.Next(4)];
        string[] inputs = Choose(), outputs = Choose();
        bool isPlace = !place.StartsWith("tunnel", StringComparison.Ordinal)
            || model.Tunnels.Keys.Any(p => SimpleModel.PortName(p) == place);
        (string[] Inputs, string[] Outputs) now = model.Bindings.GetValueOrDefault(place, ([], []));
        bool isTaken = isPlace && inputs.Concat(outputs).All(model.Acls.ContainsKey)
            && (!isCli || (IsPrefix(now.Inputs, inputs) && IsPrefix(now.Outputs, outputs)));
        return new RandomRequest(
            $"Bind {place} [{string.Join(' ', inputs)}] [{string.Join(' ', outputs)}]", isTaken,
            g => g.BindAsync(place, inputs, outputs), m => m.Bindings[place] = (inputs, outputs));

        string[] Choose() => [.. Acls.Where(a => model.Acls.ContainsKey(a) || random.Next(20) == 0)
            .OrderBy(_ => random.Next()).Take(random.Next(3))];
    }

    private static RandomRequest CreateTunnel(ushort port, int peersCount, SimpleModel model)
    {
        string[] keys = [.. Enumerable.Range(0, peersCount).Select(p => Key(port, p)).Order()];
        bool isTaken = !model.Tunnels.TryGetValue(port, out SortedSet<string>? there)
            || there.SetEquals(keys);
        var tunnel = new Tunnel { Name = $"t{port - 51820}", LocalAddress = "192.0.2.1", ListenPort = port };
        tunnel.Addresses.Add($"10.{100 + port - 51820}.0.1/24");
        tunnel.Peers.AddRange(Enumerable.Range(0, peersCount).Select(p => Peer(port, p)));
        return new RandomRequest(
            $"CreateTunnel {tunnel.Name} with {peersCount}", isTaken,
            async g => (await g.CallAsync(
                "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser))
                .Change,
            m => m.Tunnels[port] = new SortedSet<string>(keys, StringComparer.Ordinal));
    }

    private static RandomRequest DeleteTunnel(ushort port, SimpleModel model)
    {
        (string[] Inputs, string[] Outputs) lists =
            model.Bindings.GetValueOrDefault(SimpleModel.PortName(port), ([], []));
        return new RandomRequest(
            $"DeleteTunnel t{port - 51820}", lists.Inputs.Length + lists.Outputs.Length == 0,
            async g => (await g.CallAsync(
                "DeleteTunnel", new DeleteTunnelRequest { Name = $"t{port - 51820}", AllowMissing = true },
                DeleteTunnelResponse.Parser)).Change,
            m => m.Tunnels.Remove(port));
    }

    private static RandomRequest SetPeer(ushort port, int peer, bool isAdd, SimpleModel model)
    {
        bool isTaken = model.Tunnels.ContainsKey(port);
        string name = $"t{port - 51820}";
        if (isAdd)
        {
            return new RandomRequest(
                $"AddTunnelPeer {name} {peer}", isTaken,
                async g => (await g.CallAsync(
                    "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = name, Peer = Peer(port, peer) },
                    AddTunnelPeerResponse.Parser)).Change,
                m => m.Tunnels[port].Add(Key(port, peer)));
        }

        var remove = new RemoveTunnelPeerRequest
        {
            Tunnel = name,
            PublicKey = Key(port, peer),
            AllowMissing = true,
        };
        return new RandomRequest(
            $"RemoveTunnelPeer {name} {peer}", isTaken,
            async g => (await g.CallAsync("RemoveTunnelPeer", remove, RemoveTunnelPeerResponse.Parser))
                .Change,
            m => m.Tunnels[port].Remove(Key(port, peer)));
    }

    private static RandomRequest SetNat(int count)
    {
        string[] addresses = [.. Enumerable.Range(1, count).Select(i => $"10.2.0.{i}")];
        var nat = new SourceNat();
        nat.Addresses.AddRange(addresses);
        if (count > 0)
        {
            nat.InsideInterfaces.Add("host-va");
            nat.OutsideInterfaces.Add("host-vw");
        }

        return new RandomRequest(
            $"SetSourceNat {count}", true,
            async g => (await g.CallAsync(
                "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser))
                .Change,
            m =>
            {
                m.NatAddresses.Clear();
                m.NatAddresses.UnionWith(addresses);
            });
    }

    private static TunnelPeer Peer(ushort port, int peer)
    {
        string address = $"10.{100 + port - 51820}.0.{peer + 2}";
        return new TunnelPeer
        {
            PublicKey = Key(port, peer),
            TunnelAddress = address,
            AllowedIps = { address + "/32" },
        };
    }

    private static string Key(ushort port, int peer)
    {
        var bytes = new byte[32];
        (bytes[0], bytes[1]) = ((byte)(port - 51819), (byte)(peer + 1));
        return Convert.ToBase64String(bytes);
    }

    private static string Say(AclAction action) => action switch
    {
        AclAction.Deny => nameof(Model.AclAction.Deny),
        AclAction.Permit => nameof(Model.AclAction.Permit),
        _ => nameof(Model.AclAction.PermitReflect),
    };

    private static bool IsPrefix(string[] a, string[] b)
    {
        int common = Math.Min(a.Length, b.Length);
        return a.Take(common).SequenceEqual(b.Take(common));
    }
}
