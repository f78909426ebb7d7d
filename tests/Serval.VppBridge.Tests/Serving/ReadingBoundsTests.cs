using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Serving;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>Bounds of single fields of requests.</summary>
public sealed class ReadingBoundsTests
{
    private const string Key = "eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=";

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void The_name_of_an_interface_has_a_bound(int length, bool isTaken) => AssertTaken(
        isTaken, () => Require.InterfaceName(new string('a', length), "interface"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(48, true)]
    [InlineData(49, false)]
    public void A_name_has_a_bound_also_where_it_names_a_tunnel_as_an_interface(int length, bool isTaken)
    {
        string name = new('a', length);
        AssertTaken(isTaken, () => Require.Name(name, "name"));
        AssertTaken(isTaken, () => Require.InterfaceName($"tunnel:{name}", "interface"));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1_023u, false)]
    [InlineData(1_024u, true)]
    [InlineData(10_000_000u, true)]
    [InlineData(10_000_001u, false)]
    public void Sessions_of_NAT_have_bounds(uint sessions, bool isTaken) => AssertTaken(
        isTaken, () => NatReading.Read(new SourceNat
        {
            InsideInterfaces = { "a" },
            OutsideInterfaces = { "b" },
            Addresses = { "192.0.2.1" },
            SessionsMax = sessions,
        }));

    [Theory]
    [InlineData(65_535u, true)]
    [InlineData(65_536u, false)]
    public void The_keepalive_of_a_peer_has_a_bound(uint seconds, bool isTaken) => AssertTaken(
        isTaken, () => TunnelReading.ReadPeer(
            new TunnelPeer { PublicKey = Key, AllowedIps = { "10.0.0.0/8" }, PersistentKeepaliveS = seconds },
            "peer"));

    private static void AssertTaken(bool isTaken, Action read)
    {
        if (isTaken)
            read();
        else
            Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<RpcException>(read).StatusCode);
    }
}
