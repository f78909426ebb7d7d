using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Secrets;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>OCSP responses that are stapled to certificates (RFC 6066 section 8).</summary>
public sealed class StaplingTests
{
    // SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP.
    private const int ControlStatusType = 65;
    private const int ControlStatusResponse = 70;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("over tomorrow", true, true)]
    [InlineData("over tomorrow", false, false)]
    [InlineData("never over", true, true)]
    [InlineData("over", true, false)]
    [InlineData("unreadable", true, false)]
    [InlineData("none", true, false)]
    public async Task The_response_of_the_Secret_is_stapled_for_clients_that_ask_until_it_is_over(
        string kind, bool asks, bool isStapled)
    {
        await using TlsScene scene = TlsScene.Start();
        byte[]? response = kind switch
        {
            "over tomorrow" => new OcspAnswer { NextUpdate = Now.AddDays(1) }.ToDer(),
            "never over" => new OcspAnswer().ToDer(),
            "over" => new OcspAnswer { NextUpdate = Now.AddMinutes(-1) }.ToDer(),
            "unreadable" => [1, 2, 3],
            _ => null,
        };
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        Assert.Empty(scene.Router.PutSecrets([pair.Keys(response)]));
        Assert.True(scene.Router.Apply(scene.Https(pair)).IsAccepted);
        using EndSecurity context = EndSecurity.ForClients(scene.Authority);
        using TlsEnd end = new(context, "a.example");
        if (asks) Ask(end);
        Assert.Equal("200", await TlsTalk.AskAsync(scene, end));
        Assert.Equal(isStapled ? response : [], StapledTo(end));
    }

    [ToolFact("openssl")]
    public async Task OpenSSL_is_content_with_what_OpenSSL_answered()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        byte[] response = await AskOpenSslAsync(scene.Authority, pair);
        Assert.True(OcspResponse.TryRead(response, out OcspResponse? read));
        using X509Certificate2 certificate = pair.ForSslStream();
        BigInteger serial = new(certificate.SerialNumberBytes.Span, isBigEndian: true);
        Assert.Equal((serial, true), (read.SerialNumber, read.IsGood));
        Assert.InRange(
            DateTimeOffset.FromUnixTimeMilliseconds(read.NotAfterMs), Now.AddDays(1), Now.AddDays(4));
        Assert.Empty(scene.Router.PutSecrets([pair.Keys(response)]));
        Assert.True(scene.Router.Apply(scene.Https(pair)).IsAccepted);
        ToolRun client = await ToolRun.RunAsync(
            "openssl", "Q\n", "s_client", "-status", "-servername", "a.example", "-connect",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Port}"));
        Assert.Contains("OCSP Response Status: successful", client.Output, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", client.Output, StringComparison.Ordinal);
    }

    private static async Task<byte[]> AskOpenSslAsync(TestAuthority authority, IssuedPair pair)
    {
        string folder = Directory.CreateTempSubdirectory("serval-").FullName;
        try
        {
            string ca = Write("ca.pem", authority.Pem), key = Write("ca.key", authority.KeyPem);
            string certificate = Write("web.pem", pair.ChainPem), answer = Path.Combine(folder, "answer.der");
            string serial = pair.ForSslStream().SerialNumber;
            string index = Write("index.txt", $"V\t400101000000Z\t\t{serial}\tunknown\t/CN=web\n");
            ToolRun run = await ToolRun.RunAsync(
                "openssl", "", "ocsp", "-index", index, "-CA", ca, "-rsigner", ca, "-rkey", key,
                "-issuer", ca, "-cert", certificate, "-ndays", "2", "-respout", answer, "-no_nonce",
                "-noverify");
            Assert.True(run.ExitCode == 0, run.Output);
            return await File.ReadAllBytesAsync(answer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Write(string name, string text)
        {
            string path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            return path;
        }
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
