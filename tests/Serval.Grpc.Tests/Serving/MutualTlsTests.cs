using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serval.Grpc.Calling;
using Serval.Grpc.Serving;
using Serval.Grpc.Tests.Interop;

namespace Serval.Grpc.Tests.Serving;

public sealed class MutualTlsTests
{
    [Fact]
    public async Task The_handler_sees_the_certificate_that_the_caller_proved()
    {
        using X509Certificate2 serverCertificate = Create("localhost");
        using X509Certificate2 clientCertificate = Create("pop-agent");
        string? seen = null;
        var options = new GrpcServerOptions
        {
            Authorize = call =>
            {
                seen = call.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
                return seen == "pop-agent"
                    ? GrpcStatus.Ok
                    : new GrpcStatus(GrpcStatusCode.PermissionDenied, "not on the list");
            },
        };
        await using EchoServer server = await EchoServer.StartAsync(options, new HttpsConnectionAdapterOptions
        {
            ServerCertificate = serverCertificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (certificate, _, _) =>
                certificate.Thumbprint == clientCertificate.Thumbprint,
        });
        using GrpcChannel with = server.Connect(Options(serverCertificate, clientCertificate));
        using GrpcChannel without = server.Connect(Options(serverCertificate, null));

        await SayAsync(with);
        Assert.Equal("pop-agent", seen);
        GrpcException e = await Assert.ThrowsAsync<GrpcException>(() => SayAsync(without));
        Assert.Equal(GrpcStatusCode.PermissionDenied, e.Code);
    }

    private static Task SayAsync(GrpcChannel channel) => channel.UnaryAsync(
        "/serval.test.v1.Echo/Say", new EchoRequest(), EchoResponse.Parser, null, CancellationToken.None);

    private static GrpcChannelOptions Options(X509Certificate2 trusted, X509Certificate2? own) => new()
    {
        Tls = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificates = own is null ? null : [own],
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate!.GetCertHashString() == trusted.GetCertHashString(),
        },
    };

    private static X509Certificate2 Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset start = TimeProvider.System.GetUtcNow().AddHours(-1);
        return request.CreateSelfSigned(start, start.AddDays(1));
    }
}
