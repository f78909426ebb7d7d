using Serval.VppBridge.Api;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Api;

public sealed class ApiFixtureTests
{
    [Fact]
    public void Every_message_spoken_is_in_the_table_of_the_recorded_vpp()
    {
        string[] table = [.. typeof(ApiMessages).GetFields().Select(f => (string)f.GetRawConstantValue()!)];
        byte[] hello = RecordedFrames.Load()[1].Message;
        string text = System.Text.Encoding.ASCII.GetString(hello);
        Assert.All(table, name => Assert.Contains(name + "\0", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_bridge_packs_acls_as_the_recorded_client_did()
    {
        byte[] recorded = RecordedFrames.Load()
            .First(f => f.Step.StartsWith("acl_add_replace new: deny", StringComparison.Ordinal)).Message;
        VppAcl acl = ApiAcls.ReadDetails(recorded[10..]);
        Assert.Equal("serval:demo", acl.Tag);
        Assert.Equal(
            new AclRule(
                AclAction.Deny, Prefix("10.1.0.0/24"), Prefix("10.2.0.0/24"), 6, PortRange.All,
                    new PortRange(80, 80), 0, 0),
            acl.Rules[0]);
        var writer = new ApiWriter();
        ApiAcls.Write(writer, acl.Index, new Acl("demo", acl.Rules));
        Assert.Equal(recorded[10..], writer.ToArray());
    }

    [Fact]
    public void The_bridge_reads_peers_and_tunnels_as_recorded()
    {
        List<RecordedFrames> frames = RecordedFrames.Load();
        byte[] tunnel = frames.First(f =>
            f.Step.StartsWith("wireguard_interface_dump", StringComparison.Ordinal) && f.IsFromVpp).Message;
        VppTunnel read = ApiPeers.ReadTunnel(tunnel[6..]);
        Assert.Equal("4/laPIq7oxM6XsPKcP5qA9xWLW3GnVnPv2iKOXv2Ojo=", read.PublicKey);
        Assert.Equal(51820, read.ListenPort);
        byte[] peer = frames.First(
            f => f.Step.StartsWith("wireguard_peers_dump", StringComparison.Ordinal) && f.IsFromVpp).Message;
        Assert.NotEmpty(ApiPeers.ReadPeer(peer[6..]).Peer.AllowedIps);
    }

    [Fact]
    public void The_simulator_answers_acl_messages_byte_for_byte()
    {
        List<RecordedFrames> frames = RecordedFrames.Load();
        var api = new SimulatedApi(SimulatedState.Fresh(), 29125);
        List<RecordedFrames> acl = frames.FindAll(f => f.Step.StartsWith("acl", StringComparison.Ordinal)
            || f.Step.StartsWith("control_ping", StringComparison.Ordinal));
        var answered = new Queue<byte[]>();
        foreach (RecordedFrames frame in acl)
        {
            if (!frame.IsFromVpp)
            {
                foreach (byte[] reply in api.Answer(frame.Message))
                    answered.Enqueue(reply);
            }
            else
            {
                Assert.Equal((frame.Step, Convert.ToHexString(frame.Message)),
                    (frame.Step, Convert.ToHexString(answered.Dequeue())));
            }
        }

        Assert.Empty(answered);
    }

    private static IpPrefix Prefix(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : default;
}
