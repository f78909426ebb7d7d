using System.Collections.Immutable;
using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Planning;

/// <summary>What is asked for, what was, and what VPP has; the plan from one to the other in words.</summary>
internal sealed class PlanBench
{
    /// <summary>Where tunnels end in VPP: wgN has index 100 + N.</summary>
    private const uint TunnelIndex = 100;

    public DesiredState Desired { get; set; } = DesiredState.Empty;

    public DesiredState Leaving { get; set; } = DesiredState.Empty;

    public VppState Seen { get; set; } = VppState.Empty;

    public Provenance Made { get; set; } = Provenance.Empty;

    public static AclRule Rule(ushort port) => new(
        AclAction.Permit, IpPrefix.Any4, IpPrefix.Any4, 6, PortRange.All, new PortRange(port, port), 0, 0);

    public static Acl Acl(string name, params ushort[] ports) => new(name, [.. ports.Select(Rule)]);

    public static AclBinding Binding(string on, string[] inputs, string[]? outputs = null) =>
        new(on, inputs, outputs ?? []);

    public static TunnelPeer Peer(byte number, string? endpoint = null, params string[] routes) => new(
        Convert.ToBase64String([.. Enumerable.Repeat(number, 32)]),
        endpoint is null ? null : IPAddress.Parse(endpoint), (ushort)(endpoint is null ? 0 : 51_820), 25,
        [Prefix($"10.9.0.{number}/32")], IPAddress.Parse($"10.9.0.{number}"), [.. routes.Select(Prefix)]);

    public static Tunnel Tunnel(string name, uint instance, params TunnelPeer[] peers) => new(
        name, instance, IPAddress.Parse("192.0.2.1"), 51_820, Key(1), [Prefix("10.9.0.1/24")], peers);

    public static PrivateKey Key(byte fill)
    {
        Assert.True(PrivateKey.TryParse(
            Convert.ToBase64String([.. Enumerable.Repeat(fill, 32)]), out PrivateKey? key));
        return key!;
    }

    public static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
        return prefix;
    }

    public static DesiredState State(
        Acl[]? acls = null, AclBinding[]? bindings = null, Tunnel[]? tunnels = null, SourceNat? nat = null)
        => DesiredState.Empty with
        {
            Acls = (acls ?? []).ToImmutableSortedDictionary(
                one => one.Name, one => one, StringComparer.Ordinal),
            Bindings = (bindings ?? []).ToImmutableSortedDictionary(
                one => one.Interface, one => one, StringComparer.Ordinal),
            Tunnels = (tunnels ?? []).ToImmutableSortedDictionary(
                one => one.Name, one => one, StringComparer.Ordinal),
            Nat = nat,
        };

    /// <summary>Adds interfaces to VPP, with the indexes 1, 2 and so on.</summary>
    public PlanBench WithInterfaces(params string[] names)
    {
        Seen = Seen with
        {
            Interfaces =
            [
                .. Seen.Interfaces,
                .. names.Select((name, i) => new VppInterface((uint)i + 1, name, true, true, 1_500, [])),
            ],
        };
        return this;
    }

    /// <summary>Adds ACLs to VPP; those with a name of ours have a colon in their tag.</summary>
    public PlanBench WithAcl(uint index, string tag, params ushort[] ports)
    {
        Seen = Seen with { Acls = [.. Seen.Acls, new VppAcl(index, tag, [.. ports.Select(Rule)])] };
        return this;
    }

    public PlanBench WithLists(uint on, uint[] inputs, uint[]? outputs = null)
    {
        Dictionary<uint, VppAclLists> lists = new(Seen.AclLists)
        {
            [on] = new VppAclLists(inputs, outputs ?? []),
        };
        Seen = Seen with { AclLists = lists };
        return this;
    }

    /// <summary>Adds a tunnel to VPP with everything that it asks for.</summary>
    public PlanBench WithTunnel(Tunnel tunnel, bool isUp = true)
    {
        uint index = TunnelIndex + tunnel.Instance;
        Seen = Seen with
        {
            Interfaces =
            [
                .. Seen.Interfaces,
                new VppInterface(index, tunnel.InterfaceName, isUp, isUp, 1_420, tunnel.Addresses),
            ],
            Tunnels =
            [
                .. Seen.Tunnels,
                new VppTunnel(
                    index, tunnel.Instance, tunnel.Key.PublicKey, tunnel.ListenPort, tunnel.LocalAddress),
            ],
            Peers =
            [
                .. Seen.Peers,
                .. tunnel.Peers.Select((peer, i) => new VppPeer((uint)i, index, peer, PeerStatus.None)),
            ],
            Routes = new HashSet<PlacedRoute>(
            [
                .. Seen.Routes,
                .. tunnel.Routes().Select(r => new PlacedRoute(r.Prefix, r.Via, tunnel.InterfaceName)),
            ]),
        };
        return this;
    }

    public PlanBench WithNat(uint sessions, string[] addresses, uint[] inside, uint[] outside)
    {
        Seen = Seen with
        {
            Nat = new VppNat(sessions, [.. addresses.Select(IPAddress.Parse)], inside, outside),
        };
        return this;
    }

    public Plan Build(PlanScope? scope = null) => Planner.Build(Desired, Leaving, Seen, Made, scope);

    /// <summary>The plan is exactly this, in this order.</summary>
    public void MustPlan(params string[] lines) => Assert.Equal(lines, Build().Describe());

    /// <summary>The same for the objects of a change alone.</summary>
    public void MustPlanFor(string key, params string[] lines) =>
        Assert.Equal(lines, Build(PlanScope.Of(key, Desired, Leaving)).Describe());

    /// <summary>The first change of a kind.</summary>
    public T First<T>()
        where T : VppChange => Build().Changes.OfType<T>().First();
}
