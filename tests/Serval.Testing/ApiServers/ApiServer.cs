using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Serval.Testing.ApiServers;

/// <summary>
/// A real kube-apiserver over a real etcd on free ports of loopback, with certificates of its own and the
/// definitions of the Gateway API. The client here is a plain one, so that tests do not judge Serval's by
/// itself.
/// </summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-api-").FullName;
    private readonly int _etcdPort = Ports.Free();
    private readonly bool _checksRoles;
    private ChildProcess? _etcd;
    private ChildProcess? _server;
    private HttpClient _client = new();
    private string _certificate = "";
    private string _key = "";

    private ApiServer(bool checksRoles)
    {
        _checksRoles = checksRoles;
        Authority = new Authority(_folder, "ca");
    }

    /// <summary>Signs the server's certificate, and those of clients.</summary>
    public Authority Authority { get; }

    public int Port { get; } = Ports.Free();

    public string Address => $"https://127.0.0.1:{Port}";

    /// <summary>The processes: etcd and the API server.</summary>
    public int[] ProcessIds => [_etcd!.Id, _server!.Id];

    /// <summary>What it was last told about tokens: token, user and groups.</summary>
    public List<(string Token, string User, string Groups)> Tokens { get; } =
        [("administrator-of-the-test", "admin", "system:masters")];

    /// <param name="checksRoles">Whether it asks its roles; else everyone may do everything.</param>
    /// <param name="hasDefinitions">Whether it has the kinds of the Gateway API.</param>
    /// <param name="tokens">Who is let in beside the administrator.</param>
    public static async Task<ApiServer> StartAsync(
        bool checksRoles = false, bool hasDefinitions = true,
        params IEnumerable<(string Token, string User, string Groups)> tokens)
    {
        ApiServer server = new(checksRoles);
        server.Tokens.AddRange(tokens);
        try
        {
            server.WriteFiles();
            server.StartEtcd();
            await server.StartServerAsync();
            foreach (string space in new[] { "default", "serval-system" })
            {
                await server.ApplyAsync($$"""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: {{space}}}
                    """);
            }

            if (hasDefinitions)
                await Definitions.ApplyAsync(server);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the API server at once, as a crash does; etcd goes on.</summary>
    public async Task KillAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    /// <summary>Starts the API server, with the tokens as they are now.</summary>
    public async Task StartServerAsync()
    {
        WriteTokens();
        string[] arguments =
        [
            $"--etcd-servers=http://127.0.0.1:{_etcdPort}", $"--secure-port={Port}",
                "--bind-address=127.0.0.1",
            $"--tls-cert-file={_certificate}", $"--tls-private-key-file={_key}",
            $"--client-ca-file={Authority.File}", $"--token-auth-file={In("tokens.csv")}",
            $"--authorization-mode={(_checksRoles ? "RBAC" : "AlwaysAllow")}",
            "--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://serval.test",
            $"--service-account-signing-key-file={_key}",
            $"--service-account-key-file={_key}", "--allow-privileged=true",
            "--endpoint-reconciler-type=none", "--disable-admission-plugins=ServiceAccount",
        ];
        _server = new ChildProcess(Path.Combine(KubernetesAssets.Folder, "kube-apiserver"), arguments);
        await Deadline.UntilAsync(IsReadyAsync, isReady =>
            _server.HasExited ? throw new InvalidOperationException(_server.Output) : isReady);
    }

    /// <summary>
    /// Forgets the history of every object before now, as a cluster does every five minutes.
    /// </summary>
    public async Task CompactAsync()
    {
        using HttpClient etcd = new() { BaseAddress = new Uri($"http://127.0.0.1:{_etcdPort}") };
        using HttpResponseMessage answer = await etcd.PostAsync(
            "/v3/maintenance/status", new StringContent("{}"), Deadline.Token());
        JsonNode status = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        string revision = status["header"]!["revision"]!.GetValue<string>();
        using HttpResponseMessage compacted = await etcd.PostAsync(
            "/v3/kv/compaction", new StringContent($$"""{"revision":"{{revision}}","physical":true}"""),
            Deadline.Token());
        compacted.EnsureSuccessStatusCode();
    }

    /// <summary>Writes a kubeconfig with the client certificate of an administrator.</summary>
    public string Kubeconfig(string? address = null)
    {
        (string certificate, string key) = Authority.IssueClient("O=system:masters, CN=admin");
        return WriteKubeconfig(address, $"""
                client-certificate: {certificate}
                client-key: {key}
            """);
    }

    /// <summary>Writes a kubeconfig whose user has the given YAML.</summary>
    public string WriteKubeconfig(string? address, string user)
    {
        string path = In($"kubeconfig-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster:
                server: {address ?? Address}
                certificate-authority: {Authority.File}
            users:
            - name: test
              user:
            {user}
            contexts:
            - name: test
              context: {"{"}cluster: test, user: test{"}"}
            """);
        return path;
    }

    /// <summary>Sends a request as an administrator; fails on any status but a success.</summary>
    public async Task<JsonNode?> SendAsync(
        HttpMethod method, string path, string? body = null, string mediaType = "application/json")
    {
        (HttpStatusCode status, string text) = await TrySendAsync(method, path, body, mediaType);
        return (int)status is >= 200 and < 300
            ? text.Length > 0 && text[0] == '{' ? JsonNode.Parse(text) : null
            : throw new InvalidOperationException($"{method} {path}: {(int)status} {text}\n{body}");
    }

    /// <summary>
    /// Sends a request, as the administrator of the cluster unless another token is given.
    /// </summary>
    public async Task<(HttpStatusCode Status, string Body)> TrySendAsync(
        HttpMethod method, string path, string? body = null, string mediaType = "application/json",
        string? token = null)
    {
        using HttpRequestMessage request = RequestOf(method, path, token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }
        using HttpResponseMessage response = await _client.SendAsync(request, Deadline.Token());
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a watch as the administrator of the cluster; its lines.</summary>
    public async Task<StreamReader> OpenAsync(string path)
    {
        using HttpRequestMessage request = RequestOf(HttpMethod.Get, path, token: null);
        HttpResponseMessage response = await _client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Deadline.Token());
        return new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
    }

    public async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path))!;

    public Task DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Applies YAML documents server-side.</summary>
    public async Task ApplyAsync(string yaml)
    {
        foreach (string document in yaml.Split("\n---\n"))
            await SendAsync(HttpMethod.Patch, ObjectPath.OfYaml(document) + "?fieldManager=test&force=true",
                document, "application/apply-patch+yaml");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        Authority.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        if (_etcd is not null)
            await _etcd.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private HttpRequestMessage RequestOf(HttpMethod method, string path, string? token) =>
        new(method, $"{Address}{path}")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token ?? Tokens[0].Token) },
        };

    private string In(string name) => Path.Combine(_folder, name);

    private void WriteFiles()
    {
        (_certificate, _key) = Authority.IssueServer();
        _client.Dispose();
        X509Certificate2 authority = Authority.Certificate;
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                    chain.ChainPolicy.CustomTrustStore.Add(authority);
                    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                    return chain.Build((X509Certificate2)certificate!);
                },
            },
        });
    }

    private void WriteTokens() => File.WriteAllLines(In("tokens.csv"), Tokens.Select(
        (token, index) => $"{token.Token},{token.User},{index},\"{token.Groups}\""));

    private void StartEtcd()
    {
        int peers = Ports.Free();
        string[] arguments =
        [
            $"--data-dir={In("etcd")}", $"--listen-client-urls=http://127.0.0.1:{_etcdPort}",
            $"--advertise-client-urls=http://127.0.0.1:{_etcdPort}",
            $"--listen-peer-urls=http://127.0.0.1:{peers}",
            $"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
            $"--initial-cluster=default=http://127.0.0.1:{peers}", "--unsafe-no-fsync", "--log-level=error",
        ];
        _etcd = new ChildProcess(Path.Combine(KubernetesAssets.Folder, "etcd"), arguments);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            (HttpStatusCode status, _) = await TrySendAsync(HttpMethod.Get, "/readyz");
            return status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
