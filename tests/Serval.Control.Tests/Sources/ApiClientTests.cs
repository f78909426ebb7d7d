using System.Net;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Tests.Sources;

/// <summary>How an API server is asked, and what is heard of its refusals.</summary>
public sealed class ApiClientTests
{
    [Fact]
    public async Task A_refused_token_is_read_anew_but_not_with_every_refusal()
    {
        using TempFolder folder = new();
        await using Server server = new();
        ManualTime time = new();
        server.Token = "first";
        folder.Write("kubeconfig", Kubeconfig(server.Root, "first"));
        using ApiClient api = new(ApiConnection.Of(folder.PathOf("kubeconfig")), time);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api));

        foreach (string token in (string[])["second", "third"])
        {
            server.Token = token;
            folder.Write("kubeconfig", Kubeconfig(server.Root, token));
            // The second refusal too soon after the last reading is one of the old token.
            for (int i = 0; i < 2; i++)
                Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api));
            time.Advance(KubernetesLimits.ReconnectMs);
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(api));
        }
    }

    [Fact]
    public async Task A_server_that_lives_below_a_path_is_asked_there()
    {
        using TempFolder folder = new();
        await using Server server = new();
        using ApiClient api = ApiClients.Of(new Uri(server.Root, "clusters/one/"), folder);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api));
        Assert.Equal("/clusters/one/api/v1?watch=1", server.LastPath);
    }

    [Theory]
    [InlineData("20", 20_000)]
    [InlineData("Thu, 01 Jan 2026 00:00:20 GMT", 20_000)]
    [InlineData("Fri, 02 Jan 2026 00:00:00 GMT", KubernetesLimits.RetryAfterMaxMs)]
    [InlineData("Wed, 31 Dec 2025 00:00:00 GMT", 0)]
    [InlineData("4000000", KubernetesLimits.RetryAfterMaxMs)]
    public async Task A_pause_that_a_server_asks_for_is_heard_and_bounded(string asked, int expectedMs)
    {
        using TempFolder folder = new();
        await using Server server = new() { RetryAfter = asked };
        folder.Write("kubeconfig", Kubeconfig(server.Root, "any"));
        using ApiClient api = new(ApiConnection.Of(folder.PathOf("kubeconfig")), new ManualTime());
        ApiAnswer answer = await api.GetAsync("/api/v1", CancellationToken.None);
        Assert.Equal(expectedMs, answer.RetryAfter!.Value.TotalMilliseconds);
    }

    private static async Task<HttpStatusCode> AskAsync(ApiClient api) =>
        (await api.GetAsync("/api/v1?watch=1", CancellationToken.None)).Status;

    private static string Kubeconfig(Uri server, string token) => $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{name: test, cluster: {server: "{{server}}"} }]
        contexts: [{name: test, context: {cluster: test, user: test} }]
        users: [{name: test, user: {token: {{token}} } }]
        """;

    /// <summary>Answers 200 to whoever has its token, with nothing.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly LocalServer _server;

        public Server() => _server = new LocalServer(AnswerAsync);

        public Uri Root => _server.Root;

        /// <summary>Null for any.</summary>
        public string? Token { get; set; }

        public string? RetryAfter { get; init; }

        public string? LastPath { get; private set; }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private Task AnswerAsync(HttpListenerContext http)
        {
            LastPath = http.Request.RawUrl;
            if (Token is not null && http.Request.Headers["Authorization"] != $"Bearer {Token}")
                http.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            if (RetryAfter is not null)
                http.Response.Headers["Retry-After"] = RetryAfter;
            http.Response.Close();
            return Task.CompletedTask;
        }
    }
}
