using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Serval.Config;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.Control.Tests.Publishing;

/// <summary>
/// The admin API of a router as its gateway sees it: it takes whatever is pushed, up to the bound of a push,
/// and remembers how much came at once.
/// </summary>
internal sealed class RecordingRouter : IAsyncDisposable
{
    private readonly LocalServer _server;
    private string? _version;

    public RecordingRouter()
    {
        _server = new LocalServer(AnswerAsync);
    }

    public Uri Root => _server.Root;

    /// <summary>What was put, in order: <c>secrets</c> or <c>config</c>.</summary>
    public ConcurrentQueue<string> Puts { get; } = [];

    /// <summary>The term that each of these was pushed in; null for what it did not say.</summary>
    public ConcurrentQueue<(string? Epoch, string? Generation)> Terms { get; } = [];

    /// <summary>Every push of secrets that was taken.</summary>
    public ConcurrentQueue<(int Pairs, int Bytes)> Pushes { get; } = [];

    /// <summary>The names in them.</summary>
    public ConcurrentQueue<string> Names { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpListenerContext http)
    {
        using MemoryStream body = new();
        await http.Request.InputStream.CopyToAsync(body);
        if (body.Length > ConfigLimits.PushBytes)
            http.Response.StatusCode = 413;
        else if (http.Request.HttpMethod == "PUT")
        {
            Terms.Enqueue((
                http.Request.Headers[PushTerm.EpochHeader],
                http.Request.Headers[PushTerm.GenerationHeader]));
            Take(http.Request.Url!.AbsolutePath.Trim('/'), body.ToArray());
        }
        if (_version is not null)
            http.Response.Headers["Serval-Version"] = _version;
        http.Response.ContentType = "application/json";
        await http.Response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes("""{"findings":[]}"""));
        http.Response.Close();
    }

    private void Take(string what, byte[] body)
    {
        Puts.Enqueue(what);
        if (what != "secrets")
        {
            _version = "v1";
            return;
        }
        SecretsPush push = SecretsJson.Read(body, out ImmutableArray<Finding> findings)!;
        Assert.Empty(findings);
        Pushes.Enqueue((push.KeyPairs.Length, body.Length));
        foreach (KeyPair pair in push.KeyPairs)
            Names.Enqueue(pair.Name);
    }
}
