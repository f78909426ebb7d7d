using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class AdminTlsTests : IDisposable
{
    private const string Token = "0123456789abcdef";
    private readonly Folder _folder = new();
    private readonly Authority _authority;

    public AdminTlsTests() => _authority = new Authority(_folder.Root, "authority");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_client_certificate_opens_the_API_and_probes_need_none()
    {
        await using ServalProcess process = StartWithTls("--admin-tls-client-ca", _authority.File);
        Uri api = await ApiOfAsync(process);
        using HttpClient stranger = ClientWith(api, null);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(stranger, "healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(stranger, "readyz"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(stranger, "metrics"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(stranger, "config"));
        using HttpClient leader = Client(api, "leader");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(leader, "metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(leader, "config"));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_cannot_connect()
    {
        await using ServalProcess process = StartWithTls("--admin-tls-client-ca", _authority.File);
        Uri api = await ApiOfAsync(process);
        using Folder elsewhere = new();
        using Authority other = new(elsewhere.Root, "other");
        (string certificate, string key) = other.IssueBoth("leader");
        using HttpClient forger = ClientWith(api, X509Certificate2.CreateFromPemFile(certificate, key));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(forger, "healthz"));
    }

    [Fact]
    public async Task Only_allowed_names_are_let_in()
    {
        await using ServalProcess process = StartWithTls(
            "--admin-tls-client-ca", _authority.File, "--admin-allow-client", "leader");
        Uri api = await ApiOfAsync(process);
        using HttpClient leader = Client(api, "leader");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(leader, "metrics"));
        using HttpClient colleague = Client(api, "colleague");
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(colleague, "metrics"));
    }

    [Fact]
    public async Task Open_metrics_need_no_credentials_but_everything_else_does()
    {
        _folder.Write("token", Token);
        await using ServalProcess process = StartWithTls(
            "--admin-token-file", Path.Combine(_folder.Root, "token"), "--admin-open-metrics");
        Uri api = await ApiOfAsync(process);
        using HttpClient prometheus = ClientWith(api, null);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(prometheus, "metrics"));
        using HttpResponseMessage push = await prometheus.PutAsync(
            new Uri("metrics", UriKind.Relative), new StringContent("{}"), Deadline.Token());
        Assert.Equal(HttpStatusCode.Unauthorized, push.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(prometheus, "explain"));
    }

    [Fact]
    public async Task Renewed_certificates_and_tokens_are_used_without_a_restart()
    {
        _folder.Write("token", Token);
        await using ServalProcess process = StartWithTls(
            "--admin-token-file", Path.Combine(_folder.Root, "token"));
        Uri api = await ApiOfAsync(process);
        Assert.Equal(HttpStatusCode.NotFound, await WithTokenAsync(api, Token, _authority));

        using Authority next = new(_folder.Root, "next");
        _folder.Write("token", "fedcba9876543210");
        next.IssueBoth("router");
        Assert.Equal(HttpStatusCode.NotFound, await WithTokenAsync(api, "fedcba9876543210", next));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithTokenAsync(api, Token, next));

        _folder.Write("router.crt", "damaged");
        Assert.Equal(HttpStatusCode.NotFound, await WithTokenAsync(api, "fedcba9876543210", next));
        await process.WaitForLineAsync("router.crt.*");
    }

    [Fact]
    public async Task Explain_carries_a_token_and_trusts_a_named_authority()
    {
        _folder.Write("token", Token);
        string token = Path.Combine(_folder.Root, "token");
        await using ServalProcess process = StartWithTls("--admin-token-file", token);
        string api = (await ApiOfAsync(process)).ToString();
        (int exit, _, string errors) = await ServalProcess.RunAsync(
            "explain", "GET", "http://a.example/", "--admin", api, "--admin-ca", _authority.File);
        Assert.Equal(1, exit);
        Assert.Contains("401", errors, StringComparison.Ordinal);
        // Whoever names an authority means TLS.
        (_, _, errors) = await ServalProcess.RunAsync(
            "explain", "GET", "http://a.example/", "--admin", new Uri(api).Authority,
            "--admin-ca", _authority.File, "--admin-token-file", token);
        Assert.Contains("No configuration is live yet", errors, StringComparison.Ordinal);
        (exit, _, errors) = await ServalProcess.RunAsync(
            "explain", "GET", "http://a.example/", "--admin", api, "--admin-token-file", token);
        Assert.Equal(1, exit);
        Assert.Contains("certificate", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--admin-tls-key needs --admin-tls-cert", "--admin-tls-key", "x")]
    [InlineData("--admin-tls-client-ca needs --admin-tls-cert", "--admin-tls-client-ca", "x")]
    [InlineData("--admin-allow-client needs --admin-tls-client-ca", "--admin-allow-client", "x")]
    [InlineData("/nowhere/a.crt", "--admin-tls-cert", "/nowhere/a.crt")]
    [InlineData("/nowhere/token", "--admin-token-file", "/nowhere/token")]
    public async Task Options_that_cannot_work_are_named(string complaint, params string[] options)
    {
        (int exit, _, string errors) = await ServalProcess.RunAsync(
            ["router", "--admin", "127.0.0.1:0", "--state-dir", _folder.Root, .. options]);
        Assert.Equal(1, exit);
        Assert.Contains(complaint, errors, StringComparison.Ordinal);
    }

    private ServalProcess StartWithTls(params string[] options)
    {
        (string certificate, string key) = _authority.IssueBoth("router");
        return ServalProcess.Start(
        [
            "router", "--admin", "0.0.0.0:0", "--workers", "1", "--state-dir", _folder.Root,
            "--admin-tls-cert", certificate, "--admin-tls-key", key, .. options,
        ]);
    }

    private static async Task<Uri> ApiOfAsync(ServalProcess process)
    {
        Match line = await process.WaitForLineAsync(@"admin API on https://0\.0\.0\.0:(\d+)");
        return new Uri($"https://127.0.0.1:{line.Groups[1].Value}/");
    }

    private HttpClient Client(Uri api, string name)
    {
        (string certificate, string key) = _authority.IssueBoth(name);
        return ClientWith(api, X509Certificate2.CreateFromPemFile(certificate, key));
    }

    private HttpClient ClientWith(Uri api, X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => _authority.Signed(shown),
        },
    })
    {
        BaseAddress = api,
        Timeout = Deadline.Limit,
    };

    /// <summary>The status of <c>/config</c> on a connection of its own.</summary>
    private static async Task<HttpStatusCode> WithTokenAsync(Uri api, string token, Authority expected)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => expected.Signed(shown),
            },
        });
        client.BaseAddress = api;
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        return await GetAsync(client, "config");
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(
            new Uri(path, UriKind.Relative), Deadline.Token());
        return answer.StatusCode;
    }
}
