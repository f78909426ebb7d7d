using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Serval.Control.Tests;

/// <summary>
/// An API server that has nothing, or one object, takes every write unless it is told otherwise, and shows
/// the object as it is afterwards.
/// </summary>
internal sealed class AgreeingApi : IAsyncDisposable
{
    private readonly LocalServer _server;
    private int _version = 1;

    public AgreeingApi() => _server = new LocalServer(AnswerAsync);

    public Uri Root => _server.Root;

    /// <summary>Called before a write is answered.</summary>
    public Action BeforeAnswer { get; set; } = static () => { };

    /// <summary>How many seconds the next writes are asked to wait, one by one.</summary>
    public Queue<int> Refusals { get; } = [];

    /// <summary>What it has; null for nothing, whatever was written.</summary>
    public JsonNode? Kept { get; set; }

    /// <summary>Whether it keeps what is written.</summary>
    public bool KeepsWrites { get; init; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpListenerContext http)
    {
        if (http.Request.HttpMethod != "GET")
            await TakeAsync(http);
        else if (Kept is { } kept)
            await ShowAsync(http, kept);
        else
            http.Response.StatusCode = 404;
        http.Response.Close();
    }

    private async Task TakeAsync(HttpListenerContext http)
    {
        JsonNode written = (await JsonNode.ParseAsync(http.Request.InputStream))!;
        written["metadata"]!["uid"] = "";
        written["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        BeforeAnswer();
        if (Refusals.TryDequeue(out int seconds))
        {
            http.Response.StatusCode = 429;
            http.Response.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
            return;
        }

        if (KeepsWrites)
            Kept = written;
        await ShowAsync(http, written);
    }

    private static async Task ShowAsync(HttpListenerContext http, JsonNode shown) =>
        await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(shown.ToJsonString()));
}
