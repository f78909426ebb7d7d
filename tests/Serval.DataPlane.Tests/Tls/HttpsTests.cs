using System.Net.Security;
using System.Security.Authentication;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>HTTPS through a running router, asked by .NET's client.</summary>
public sealed class HttpsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task A_request_over_https_is_answered_by_the_origin(SslProtocols protocol, bool isRsa)
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"], isRsa);
        scene.Apply(scene.Https(pair), pair);

        using SslStream stream = await scene.ConnectAsync("a.example", protocol);
        for (int i = 0; i < 3; i++)
        {
            string response = await TlsScene.AskAsync(stream, "a.example");
            Assert.EndsWith("\r\n\r\n" + TlsScene.Body, response, StringComparison.Ordinal);
        }
    }
}
