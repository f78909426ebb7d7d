using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serval.Kubernetes.Tests.Harness;

/// <summary>
/// A proxy before the real API server that a test can make fail: it refuses requests with any status, cuts
/// every open stream, and keeps a list of what was asked for.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Usage", "CA2213", Justification = "The one of the moment is disposed of with the gate.")]
internal sealed class ApiGate : IAsyncDisposable
{
    private readonly ApiServer _server;
    private readonly WebApplication _application;
    private readonly HttpClient _client;
    private readonly Lock _lock = new();
    private CancellationTokenSource _cut = new();

    private ApiGate(ApiServer server)
    {
        _server = server;
        _client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        (string certificate, string key) = server.Authority.IssueServer();
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate, key);
        X509Certificate2 full = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(full)));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Decides what a request is refused with; null lets it through.</summary>
    public Func<HttpRequest, Refusal?> Refuse { get; set; } = _ => null;

    /// <summary>Method, path and query of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Address => _application.Urls.Single();

    public static async Task<ApiGate> StartAsync(ApiServer server)
    {
        ApiGate gate = new(server);
        await gate._application.StartAsync(Deadline.Token());
        return gate;
    }

    /// <summary>How many requests contained all of these words.</summary>
    public int Count(params string[] words) => Requests.Count(
        request => words.All(word => request.Contains(word, StringComparison.Ordinal)));

    /// <summary>Aborts everything that is open now.</summary>
    public void CutAll()
    {
        lock (_lock)
        {
            _cut.Cancel();
            _cut = new CancellationTokenSource();
        }
    }

    public async ValueTask DisposeAsync()
    {
        CutAll();
        await _application.DisposeAsync();
        _client.Dispose();
        _cut.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string target = $"{http.Request.Path}{http.Request.QueryString}";
        Requests.Enqueue($"{http.Request.Method} {target}");
        if (Refuse(http.Request) is { } refusal)
        {
            http.Response.StatusCode = refusal.Status;
            if (refusal.RetryAfterSeconds is { } seconds)
                http.Response.Headers.RetryAfter = $"{seconds}";
            await http.Response.WriteAsync(refusal.Body);
            return;
        }
        CancellationToken cut;
        lock (_lock)
            cut = _cut.Token;
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cut, http.RequestAborted);
        try
        {
            await ForwardAsync(http, target, either.Token);
        }
        catch (Exception fault) when (
            fault is OperationCanceledException or HttpRequestException or IOException)
        {
            http.Abort();
        }
    }

    private async Task ForwardAsync(HttpContext http, string target, CancellationToken stop)
    {
        using HttpRequestMessage request =
            new(new HttpMethod(http.Request.Method), $"{_server.Address}{target}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_server.Tokens[0].Token}");
        if (http.Request.ContentLength > 0)
        {
            MemoryStream body = new();
            await http.Request.Body.CopyToAsync(body, stop);
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        }
        using HttpResponseMessage response = await _client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, stop);
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await using Stream stream = await response.Content.ReadAsStreamAsync(stop);
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, stop) is > 0 and int count)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), stop);
            await http.Response.Body.FlushAsync(stop);
        }
    }

    /// <summary>What a request is refused with.</summary>
    internal sealed record Refusal(int Status, string Body = "", int? RetryAfterSeconds = null);
}
