using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>What a listener's options and the bounds of a connection hold clients to.</summary>
public sealed class TlsBoundTests
{
    [Fact]
    public async Task A_listener_of_TLS_1_3_serves_it_and_refuses_1_2()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        Listener listener = scene.Listener("web", null, pair);
        scene.Apply(scene.Of(
            [listener with { Tls = listener.Tls! with { MinVersion = TlsVersion.Tls13 } }], [pair]), pair);
        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.Equal(SslProtocols.Tls13, client.SslProtocol);
        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => scene.ConnectAsync("a.example", SslProtocols.Tls12));
    }

    [Fact]
    public async Task A_client_that_changes_its_keys_without_end_is_closed_beside_one_that_behaves()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        using SslStream good = await scene.ConnectAsync("a.example");
        using EndSecurity context = EndSecurity.ForClients(scene.Authority);
        using TlsEnd end = new(context, "a.example");
        using TcpClient client = new("127.0.0.1", scene.Port);
        NetworkStream stream = client.GetStream();
        await AskAsync(stream, end);
        // A few are welcome: RFC 8446 section 5.5 wants them.
        for (int i = 0; i < 10; i++) await UpdateAsync(stream, end);
        await AskAsync(stream, end);
        try
        {
            for (int i = 0; i < Limits.TlsMessagesMax; i++) await UpdateAsync(stream, end);
            Assert.Equal(0, await stream.ReadAsync(new byte[16]));
        }
        catch (IOException)
        {
            // Closed while it was still sending.
        }

        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(good, "a.example"), StringComparison.Ordinal);
        await scene.UntilMetricAsync("serval_limit_tls_messages_total 1");
    }

    // The first bytes decide, for each connection by itself.
    [Fact]
    public async Task HTTPS_and_clear_text_come_side_by_side_to_a_port_that_detects()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Of([scene.Listener("web", null, pair) with { Detection = true }], [pair]), pair);
        List<TcpClient> clear = [];
        List<SslStream> secure = [];
        for (int i = 0; i < 8; i++)
        {
            clear.Add(new TcpClient("127.0.0.1", scene.Port));
            secure.Add(await scene.ConnectAsync("a.example"));
        }

        for (int i = 0; i < clear.Count; i++)
        {
            Assert.EndsWith(
                TlsScene.Body, await TlsScene.AskAsync(secure[i], "a.example"), StringComparison.Ordinal);
            string refused = await TlsScene.AskAsync(clear[i].GetStream(), "a.example");
            Assert.StartsWith("HTTP/1.1 421 ", refused, StringComparison.Ordinal);
            // Nothing of what is served over TLS.
            Assert.DoesNotContain(TlsScene.Body, refused, StringComparison.Ordinal);
        }

        secure.ForEach(one => one.Dispose());
        clear.ForEach(one => one.Dispose());
    }

    private static async Task AskAsync(NetworkStream stream, TlsEnd end)
    {
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        Assert.Equal("200", await TlsTalk.ReadAsync(stream, end));
    }

    private static async Task UpdateAsync(NetworkStream stream, TlsEnd end)
    {
        end.UpdateKeys();
        await stream.WriteAsync(end.TakeWire());
    }
}
