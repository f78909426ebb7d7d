using System.Net;

namespace Serval.Control.Tests;

/// <summary>An HTTP server of a test on a free port of this machine; one request at a time.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;
    private readonly Task _running;

    /// <param name="answer">Answers a request and closes the response.</param>
    public LocalServer(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        // HttpListener cannot ask the system for a port.
        Root = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        _listener.Prefixes.Add(Root.ToString());
        _listener.Start();
        _running = RunAsync();
    }

    /// <summary>Where it answers.</summary>
    public Uri Root { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
                await _answer(await _listener.GetContextAsync());
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
