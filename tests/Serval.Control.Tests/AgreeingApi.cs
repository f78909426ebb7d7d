using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Serval.Control.Tests;

/// <summary>
/// An API server that has nothing, takes every write unless it is told otherwise, and shows the object as it is
/// afterwards.
/// </summary>
internal sealed class AgreeingApi : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _running;

    public AgreeingApi()
    {
        _listener = LocalListener.Start(out Uri root);
        Root = root;
        _running = RunAsync();
    }

    public Uri Root { get; }

    /// <summary>Called before a write is answered.</summary>
    public Action BeforeAnswer { get; set; } = static () => { };

    /// <summary>How many seconds the next writes are asked to wait, one by one.</summary>
    public Queue<int> Refusals { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    private async Task RunAsync()
    {
        for (int version = 2; ; version++)
        {
            try
            {
                HttpListenerContext http = await _listener.GetContextAsync();
                if (http.Request.HttpMethod == "GET")
                    http.Response.StatusCode = 404;
                else
                    await ShowAsync(http, version);
                http.Response.Close();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ShowAsync(HttpListenerContext http, int version)
    {
        JsonNode written = (await JsonNode.ParseAsync(http.Request.InputStream))!;
        written["metadata"]!["uid"] = "";
        written["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        BeforeAnswer();
        if (Refusals.TryDequeue(out int seconds))
        {
            http.Response.StatusCode = 429;
            http.Response.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
            return;
        }

        await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(written.ToJsonString()));
    }
}
