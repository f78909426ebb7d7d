using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Gateways;

/// <summary>Certificates of a real API server on real routers, and their keys nowhere else.</summary>
public sealed class TlsTests
{
    private const string Host = "secure.example.com";

    [ApiFact]
    public async Task Keys_go_to_routers_ahead_of_snapshots_and_again_after_a_restart()
    {
        await using Scene scene = await Scene.StartAsync();
        int port = Ports.Free();
        int admin = Ports.Free();
        string state = Path.Combine(scene.Folder, "router");
        (X509Certificate2 Certificate, string Yaml) first = Certificate();
        (X509Certificate2 Certificate, string Yaml) second = Certificate();
        await scene.Server.ApplyAsync(Gateway(port));
        await scene.Server.ApplyAsync(Route());
        ServalProcess router = await ServalProcess.StartOnAsync(
            admin, "router", "--state-dir", state, "--workers", "1");
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);

        // Without its Secret the listener says so, shows its kinds and counts its routes.
        JsonNode listener = await ListenerAsync(scene, "ResolvedRefs", "False");
        Assert.Equal("InvalidCertificateRef",
            Scene.Condition(listener, "ResolvedRefs")!["reason"]!.GetValue<string>());
        Assert.Equal(1, listener["attachedRoutes"]!.GetValue<int>());
        Assert.Single(listener["supportedKinds"]!.AsArray());

        await scene.Server.ApplyAsync(first.Yaml);
        await ServesAsync(port, first.Certificate);
        await ListenerAsync(scene, "Programmed", "True");
        await scene.Server.ApplyAsync(second.Yaml);
        await ServesAsync(port, second.Certificate);

        // It starts from what it kept, which has no keys, and the gateway gives them again.
        Assert.Equal(0, await router.TerminateAsync());
        await router.DisposeAsync();
        await using ServalProcess again = await ServalProcess.StartOnAsync(
            admin, "router", "--state-dir", state, "--workers", "1");
        await ServesAsync(port, second.Certificate);

        string config = (await gateway.GetAsync("/config"))!.ToJsonString();
        Assert.Equal(0, await again.TerminateAsync());
        string kept = string.Concat(Directory.GetFiles(state).Select(File.ReadAllText));
        Assert.Contains("default/cert", config, StringComparison.Ordinal);
        foreach (string text in new[] { config, kept, gateway.Output, router.Output, again.Output })
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        first.Certificate.Dispose();
        second.Certificate.Dispose();
    }

    private static async Task<JsonNode> ListenerAsync(Scene scene, string condition, string status) =>
        (await Deadline.UntilAsync(() => scene.GatewayAsync("secure"), found =>
            Scene.Condition(found["status"]?["listeners"]?[0], condition)?["status"]?.GetValue<string>()
                == status))["status"]!["listeners"]![0]!;

    // Until the router presents this certificate and answers a request.
    private static Task ServesAsync(int port, X509Certificate2 wanted) => Deadline.UntilAsync(
        () => AskAsync(port), found => found == (HttpStatusCode.OK, wanted.Thumbprint));

    private static async Task<(HttpStatusCode Status, string Thumbprint)> AskAsync(int port)
    {
        string seen = "";
        using SocketsHttpHandler handler = new();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            TargetHost = Host,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                seen = certificate is null ? "" : certificate.GetCertHashString();
                return true;
            },
        };
        using HttpClient http = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://127.0.0.1:{port}/");
        request.Headers.Host = Host;
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, Deadline.Token());
            return (response.StatusCode, seen);
        }
        catch (HttpRequestException)
        {
            return (0, seen); // nothing listens, or no key is held yet
        }
    }

    private static (X509Certificate2 Certificate, string Yaml) Certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 whole = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(100));
        return (X509CertificateLoader.LoadCertificate(whole.RawData), $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: cert, namespace: default}
            type: kubernetes.io/tls
            data:
              tls.crt: {{Encode(whole.ExportCertificatePem())}}
              tls.key: {{Encode(key.ExportPkcs8PrivateKeyPem())}}
            """);
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string Gateway(int port) =>
        ObjectText.SecureGateway("secure", "default", port, "cert", Host);

    private static string Route() => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: secure, namespace: default}
        spec:
          parentRefs: [{name: secure}]
          rules: [{backendRefs: [{name: shop, port: 80}] }]
        """;
}
