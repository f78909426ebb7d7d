using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>One port on which the first bytes decide what is spoken.</summary>
public sealed class DetectionTests
{
    [Fact]
    public async Task TLS_is_served_and_HTTP_is_told_that_it_is_in_the_wrong_place()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Of([scene.Listener("web", null, pair) with { Detection = true }], [pair]), pair);

        using SslStream client = await scene.ConnectAsync("a.example");
        Assert.EndsWith(
            TlsScene.Body, await TlsScene.AskAsync(client, "a.example"), StringComparison.Ordinal);
        using TcpClient clear = new("127.0.0.1", scene.Port);
        Assert.StartsWith("HTTP/1.1 421 ",
            await TlsScene.AskAsync(clear.GetStream(), "a.example"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9\r\n")]
    [InlineData("\0\u0001\u0002")]
    public async Task What_the_port_does_not_serve_is_closed(string first)
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Of([scene.Listener("web", null, pair) with { Detection = true }], [pair]), pair);

        using TcpClient client = new("127.0.0.1", scene.Port);
        foreach (char letter in first)
        {
            try
            {
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes([letter]));
            }
            catch (IOException)
            {
                // Closed already.
                break;
            }
        }

        await scene.UntilMetricAsync(
            "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"not-served\",alert=\"\"} 1");
    }
}
