using System.Text.Json;
using Serval.DataPlane;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Rings;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Exchanges that are bytes both ways from the start, as TCP and TLS passthrough are.</summary>
public sealed class SpliceTests
{
    private const string One = "10.1.0.1";
    private const string Other = "10.1.0.2";
    private const int ConnectMs = 1_000;

    [Fact]
    public void Bytes_flow_both_ways_and_each_half_ends_by_itself()
    {
        using Scene scene = new(SceneSnapshot.Of(One));
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient client = scene.Connect();
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        // Neither is HTTP, and the client speaks before the endpoint is reached.
        client.Send("\u0016\u0003 hello");
        scene.RunUntil(() => upstream.Connections.Count == 1
            && upstream.Connections[0].Received == "\u0016\u0003 hello");
        ScenePeer endpoint = upstream.Connections[0];
        endpoint.Send("welcome");
        scene.RunUntil(() => client.Received == "welcome");

        client.End();
        scene.RunUntil(() => endpoint.IsEnded);
        endpoint.Send(" and bye");
        scene.RunUntil(() => client.Received == "welcome and bye");
        Assert.Empty(scene.Records());
        endpoint.End();
        scene.RunUntil(() => client.IsEnded);
        scene.Run(20);
        Assert.Equal(0, scene.Peek.Exchanges);
        JsonElement record = scene.Record();
        Assert.Equal("tunnel-ended", record.GetProperty("outcome").GetString());
        Assert.Equal(0, record.GetProperty("status").GetInt32());
        Assert.Equal("welcome and bye".Length, record.GetProperty("bytes_sent").GetInt32());
    }

    [Fact]
    public void A_long_splice_is_bounded_by_its_slower_end()
    {
        using Scene scene = new(SceneSnapshot.Of(One));
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        scene.RunUntil(() => upstream.Connections.Count == 1);
        string part = new('x', 60_000);
        int sent = 0;
        for (int i = 0; i < 100 && upstream.Connections[0].Tcp.ToRouter.Room > part.Length; i++)
        {
            upstream.Connections[0].Reply(part);
            sent += part.Length;
            scene.Run(20);
        }

        Assert.True(sent < 100 * part.Length, "the endpoint is never held back");
        // The end goes on behind the last byte, which waits as well.
        upstream.Connections[0].End();
        scene.Run(20);
        Assert.False(client.IsEnded);
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.Received.Length == sent && client.IsEnded);
        client.Send("the other half");
        scene.RunUntil(() => upstream.Connections[0].Received == "the other half");
    }

    // Nothing is read from the endpoint meanwhile, because the client takes nothing: only the send can tell.
    [Fact]
    public void An_endpoint_that_resets_while_its_bytes_wait_ends_the_splice_at_the_next_send()
    {
        using Scene scene = new(SceneSnapshot.Of(One));
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient client = scene.Connect();
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        scene.RunUntil(() => upstream.Connections.Count == 1);
        scene.Run(20);
        client.StopsReading = true;
        ScenePeer peer = upstream.Connections[0];
        for (int i = 0; i < 200; i++)
        {
            if (peer.Tcp.ToRouter.Room >= 10_000) peer.Send(new string('x', 10_000));
            scene.Run(5);
        }

        Assert.True(peer.Tcp.ToRouter.Room < 10_000);
        peer.Reset();
        scene.Run(20);
        client.Send("more");
        scene.Run(100);
        Assert.Equal(0, scene.Counters.ExchangesActive);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    // Neither side says anything: only the kernel knows that the endpoint still takes what it was sent. The
    // looks before have seen nothing of it.
    [Fact]
    public void A_splice_whose_endpoint_takes_a_byte_shortly_before_the_idle_time_is_over_goes_on()
    {
        using Scene scene = new(SceneSnapshot.Of(One), new Timeouts { TunnelIdleMs = 100_000 });
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient client = scene.Connect();
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        scene.RunUntil(() => upstream.Connections.Count == 1);
        ScenePeer endpoint = upstream.Connections[0];
        endpoint.StopsReading = true;
        client.Send("slow");
        scene.Run(50_000);
        client.Send("more");
        scene.Run(98_000);
        Assert.Equal(1, endpoint.Tcp.PeerRead(new byte[1]));
        scene.Run(90_000);
        Assert.False(client.IsEnded);
        scene.Run(30_000);
        Assert.True(client.IsEnded);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_connect_that_fails_is_tried_elsewhere_and_then_the_client_is_cut_off()
    {
        using Scene scene = new(SceneSnapshot.Of(One, Other));
        SceneUpstream one = scene.Upstream(One);
        SceneUpstream other = scene.Upstream(Other);
        one.ConnectErrno = Errno.Connrefused;
        other.ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        client.Send("hello");
        scene.RunUntil(() => client.IsEnded);
        Assert.Equal("", client.Received);
        JsonElement record = scene.Record();
        Assert.Equal("connect-failed", record.GetProperty("outcome").GetString());
        Assert.True(record.GetProperty("attempts").GetInt32() > 1);

        other.ConnectErrno = 0;
        SceneClient next = scene.Connect();
        scene.Peek.Table.Splice(scene.Peek.IdleClient, new Splicing(0, ConnectMs, 0));
        next.Send("hello");
        scene.RunUntil(() => other.Connections.Count == 1 && other.Connections[0].Received == "hello");
    }
}
