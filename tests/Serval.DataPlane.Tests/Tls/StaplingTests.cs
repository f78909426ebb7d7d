using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>OCSP responses that are stapled to certificates (RFC 6066 section 8).</summary>
public sealed class StaplingTests
{
    // SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP.
    private const int ControlStatusType = 65;
    private const int ControlStatusResponse = 70;

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task The_response_of_the_Secret_is_stapled_for_clients_that_ask(
        bool hasResponse, bool asks, bool isStapled)
    {
        await using TlsScene scene = TlsScene.Start();
        byte[] response = [0x30, 0x03, 0x0a, 0x01, 0x00];
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        Assert.Empty(scene.Router.PutSecrets([pair.Keys(hasResponse ? response : null)]));
        Assert.True(scene.Router.Apply(scene.Https(pair)).IsAccepted);
        using EndSecurity context = EndSecurity.ForClients(scene.Authority);
        using TlsEnd end = new(context, "a.example");
        if (asks) Ask(end);
        Assert.Equal("200", await TlsTalk.AskAsync(scene, end));
        Assert.Equal(isStapled ? response : [], StapledTo(end));
    }

    private static unsafe void Ask(TlsEnd end)
    {
        const int ocsp = 1;
        Assert.Equal(1, Ssl.Control(end.Handle, ControlStatusType, ocsp, null));
    }

    private static unsafe byte[] StapledTo(TlsEnd end)
    {
        byte* bytes = null;
        nint length = Ssl.Control(end.Handle, ControlStatusResponse, 0, &bytes);
        return length <= 0 ? [] : new ReadOnlySpan<byte>(bytes, (int)length).ToArray();
    }
}
