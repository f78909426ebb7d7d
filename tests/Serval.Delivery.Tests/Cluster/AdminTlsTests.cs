using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// Router and gateway prove to each other who they are, with the options and the Secrets of the chart: the
/// certificates are those that its Certificate objects ask cert-manager for.
/// </summary>
[Collection(KubeCollection.Name)]
public sealed class AdminTlsTests(KubeServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-mtls-").FullName;

    [GatewayFact]
    public async Task Pushes_are_taken_from_the_gateway_alone_with_what_the_chart_mounts()
    {
        await ChartRoles.GrantAsync(server);
        int admin = Ports.Free(), port = Ports.Free();
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync(
            "--set", "admin.auth=mtls", "--set", "admin.mtls.certManager.issuerRef.name=pop-ca",
            "--set", $"router.adminPort={admin}", "--set", $"gateway.adminPort={Ports.Free()}",
            "--set", $"gateway.dataPlaneUrl=https://127.0.0.1:{admin}");
        using Authority authority = new(_folder, "pop-ca");
        using RunningRole router = Start(
            objects, "DaemonSet serval-router", authority, $"--state-dir={_folder}");
        _ = await router.FindAsync(@"admin API on (https://\S+)");
        using RunningRole gateway = Start(
            objects, "Deployment serval-gateway", authority, "--lease-namespace=serval-system",
            "--lease-duration=5s", "--kubeconfig", server.Kubeconfig(KubeServer.Gateway));
        await Redirect.ApplyAsync(server, _folder, port, "mutual");
        using HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false });

        // A failure says what the gateway said.
        await Deadline.UntilAsync(
            async () => (Status: await GetAsync(client, $"http://127.0.0.1:{port}/"), gateway.Log),
            seen => seen.Status == HttpStatusCode.Found);

        // kubelet probes without a certificate; everything else asks for the gateway's.
        string secrets = Path.Combine(_folder, "serval-gateway-admin-tls");
        using HttpClient kubelet = Shows(authority, null), leader = Shows(authority, secrets),
            other = Shows(authority, Path.Combine(_folder, "serval-router-admin-tls"));
        string api = $"https://127.0.0.1:{admin}";
        Assert.Equal(HttpStatusCode.OK, await GetAsync(kubelet, $"{api}/readyz"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(kubelet, $"{api}/config"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(leader, $"{api}/config"));
        Assert.NotEqual(HttpStatusCode.OK, await GetAsync(other, $"{api}/config"));

        // A gateway whose certificate is of another authority is not let in.
        Directory.CreateDirectory(Path.Combine(_folder, "stranger"));
        using Authority stranger = new(Path.Combine(_folder, "stranger"), "pop-ca");
        Mount(Path.Combine(_folder, "forged"), stranger, Wanted(objects, "serval-gateway"));
        using HttpClient forger = Shows(authority, Path.Combine(_folder, "forged"));
        Assert.NotEqual(HttpStatusCode.OK, await GetAsync(forger, $"{api}/config"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Starts a role as its pod does: its options, and its Secret where the pod mounts it.</summary>
    private RunningRole Start(
        IReadOnlyList<Manifest> objects, string name, Authority authority, params string[] more)
    {
        Manifest made = objects.Single(made => made.ToString() == name);
        JsonObject container = made.Containers.Single();
        string mounted = container["volumeMounts"]!.AsArray()
            .Single(mount => mount!["name"]!.GetValue<string>() == "admin")!["mountPath"]!.GetValue<string>();
        string secret = made.PodSpec!["volumes"]!.AsArray()
            .Single(volume => volume!["name"]!.GetValue<string>() == "admin")!["secret"]!["secretName"]!
            .GetValue<string>();
        string folder = Path.Combine(_folder, secret);
        Mount(folder, authority, objects.Single(other => other.Kind == "Certificate"
            && other.Text("spec", "secretName") == secret));
        string[] own = [.. more.Select(option => option.Split('=')[0])];
        return RunningRole.Start(
            RunningRole.Program,
            [
                .. container["args"]!.AsArray().Select(argument => argument!.GetValue<string>())
                    .Where(argument => !own.Contains(argument.Split('=')[0]))
                    .Select(argument => argument.Replace(mounted, folder, StringComparison.Ordinal)
                        .Replace("$(SERVAL_WORKERS)", "1", StringComparison.Ordinal)),
                .. more,
            ]);
    }

    private static Manifest Wanted(IReadOnlyList<Manifest> objects, string component) =>
        objects.Single(made => made.ToString() == $"Certificate {component}-admin");

    /// <summary>What cert-manager does of a Certificate: tls.crt, tls.key and ca.crt.</summary>
    private static void Mount(string folder, Authority authority, Manifest wanted)
    {
        Directory.CreateDirectory(folder);
        string[] names = [.. wanted.At("spec", "dnsNames")!.AsArray().Select(n => n!.GetValue<string>())];
        bool isForClients = wanted.At("spec", "usages")!.AsArray()
            .Any(usage => usage!.GetValue<string>() == "client auth");
        (string certificate, string key) = authority.IssueFor(names, isForClients);
        File.Copy(certificate, Path.Combine(folder, "tls.crt"));
        File.Copy(key, Path.Combine(folder, "tls.key"));
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authority.Pem);
    }

    private static HttpClient Shows(Authority expected, string? folder) => new(new SocketsHttpHandler
    {
        SslOptions =
        {
            ClientCertificates = folder is null ? null :
            [
                X509Certificate2.CreateFromPemFile(
                    Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key")),
            ],
            RemoteCertificateValidationCallback = (_, shown, _, _) => expected.Signed(shown),
        },
    });

    // Null where the connection ended: TLS itself may refuse a certificate.
    private static async Task<HttpStatusCode?> GetAsync(HttpClient client, string url)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(url), Deadline.Token());
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
