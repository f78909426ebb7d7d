using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// A real kube-apiserver over a real etcd on free ports of loopback, with the Gateway API's definitions and
/// those of definitions.yaml.
/// </summary>
public sealed class KubeServer : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-kube-").FullName;
    private readonly int _port = Ports.Free();
    private HttpClient _client = new();
    private RunningRole? _etcd;
    private RunningRole? _server;

    /// <summary>Why the tests are skipped; null where the API server is.</summary>
    public static string? Missing => Harness.Missing.Of([ChartTool.Builder])
        ?? (Assets is null ? "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver" : null)
        ?? (Repository.Shared is null ? "there is no folder shared/gateway-api beside the repository" : null);

    private static string? Assets { get; } =
        Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder
            && File.Exists(Path.Combine(folder, "kube-apiserver")) ? folder : null;

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        int etcd = Ports.Free(), peers = Ports.Free();
        WriteFiles();
        _etcd = RunningRole.Start(Path.Combine(Assets!, "etcd"),
        [
            $"--data-dir={In("etcd")}", $"--listen-client-urls=http://127.0.0.1:{etcd}",
            $"--advertise-client-urls=http://127.0.0.1:{etcd}",
            $"--listen-peer-urls=http://127.0.0.1:{peers}",
            $"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
            $"--initial-cluster=default=http://127.0.0.1:{peers}", "--unsafe-no-fsync", "--log-level=error",
        ]);
        _server = RunningRole.Start(Path.Combine(Assets!, "kube-apiserver"),
        [
            $"--etcd-servers=http://127.0.0.1:{etcd}", $"--secure-port={_port}", "--bind-address=127.0.0.1",
            $"--tls-cert-file={In("server.crt")}", $"--tls-private-key-file={In("server.key")}",
            $"--client-ca-file={In("server.crt")}", $"--token-auth-file={In("tokens.csv")}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://serval.test",
            $"--service-account-signing-key-file={In("server.key")}",
            $"--service-account-key-file={In("server.key")}", "--endpoint-reconciler-type=none",
            "--disable-admission-plugins=ServiceAccount",
        ]);
        await UntilAsync("/readyz");
        await DefineAsync();
        JsonObject space = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = "serval-system" },
        };
        Assert.Null(await ApplyAsync(space, "namespaces", isNamespaced: false, space: ""));
    }

    public async Task DisposeAsync()
    {
        _server?.Dispose();
        _etcd?.Dispose();
        await Task.Run(() => Directory.Delete(_folder, recursive: true));
    }

    /// <summary>A kubeconfig of whoever has this token.</summary>
    internal string Kubeconfig(string token) => $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
          - name: test
            cluster:
              server: https://127.0.0.1:{{_port}}
              certificate-authority: {{In("server.crt")}}
        users: [{name: test, user: {token: {{token}} } }]
        contexts: [{name: test, context: {cluster: test, user: test} }]
        """;

    public void Dispose() => _client.Dispose();

    /// <summary>Applies an object server-side; a field that its kind does not have is an error.</summary>
    internal async Task<string?> ApplyAsync(JsonObject node, string plural, bool isNamespaced, string space)
    {
        string version = node["apiVersion"]!.GetValue<string>();
        string root = version.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
        string name = node["metadata"]!["name"]!.GetValue<string>();
        string scope = isNamespaced ? $"/namespaces/{space}" : "";
        (HttpStatusCode status, string text) = await SendAsync(
            HttpMethod.Patch,
            $"/{root}/{version}{scope}/{plural}/{name}?fieldManager=test&force=true&fieldValidation=Strict",
            node.ToJsonString());
        return (int)status is >= 200 and < 300 ? null : $"{node["kind"]} {name}: {(int)status} {text}";
    }

    /// <summary>Sends a request, as the administrator of the cluster unless another token is given.</summary>
    internal async Task<(HttpStatusCode Status, string Text)> SendAsync(
        HttpMethod method, string path, string? body = null, string token = "administrator")
    {
        using HttpRequestMessage request = new(method, $"https://127.0.0.1:{_port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(
                method == HttpMethod.Patch ? "application/apply-patch+yaml" : "application/json");
        }
        using HttpResponseMessage answer = await _client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task DefineAsync()
    {
        IReadOnlyList<Definition> own = await Definition.ReadAsync();
        List<JsonObject> definitions = [.. own.Select(definition => definition.ToObject())];
        foreach (string file in Directory.EnumerateFiles(
            Path.Combine(Repository.Shared!, "gateway-api", "standard"), "gateway.networking.k8s.io_*.yaml"))
        {
            definitions.AddRange((await ChartTool.DocumentsAsync(file)).Select(node => node.AsObject())
                .Where(node => node["kind"]!.GetValue<string>() == "CustomResourceDefinition"));
        }
        foreach (JsonObject definition in definitions)
        {
            Assert.Null(await ApplyAsync(
                definition, "customresourcedefinitions", isNamespaced: false, space: ""));
        }
        foreach (JsonObject definition in definitions)
        {
            JsonNode spec = definition["spec"]!;
            string version = spec["versions"]![0]!["name"]!.GetValue<string>();
            await UntilAsync($"/apis/{spec["group"]}/{version}/{spec["names"]!["plural"]}");
        }
    }

    private async Task UntilAsync(string path)
    {
        using CancellationTokenSource limit = new(Limit);
        while (true)
        {
            if (_etcd!.HasExited || _server!.HasExited)
                throw new InvalidOperationException($"{_etcd.Log}\n{_server?.Log}");
            try
            {
                if ((await SendAsync(HttpMethod.Get, path)).Status == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException) when (!limit.IsCancellationRequested)
            {
                // Not listening yet.
            }
            await Task.Delay(50, limit.Token);
        }
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void WriteFiles()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(
            "CN=kube-apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(In("server.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(In("server.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllLines(In("tokens.csv"),
        [
            "administrator,admin,1,\"system:masters\"",
            "gateway,system:serviceaccount:serval-system:serval-gateway,2,\"system:serviceaccounts\"",
        ]);
        string expected = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        _client.Dispose();
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown!.GetCertHashString(HashAlgorithmName.SHA256) == expected,
            },
        });
    }
}
