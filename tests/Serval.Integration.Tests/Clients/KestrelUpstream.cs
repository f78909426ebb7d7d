using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Serval.Integration.Tests.Clients;

/// <summary>Kestrel with the paths of app.py and upstream.mjs, and what a browser needs.</summary>
internal sealed class KestrelUpstream : IUpstream
{
    private static readonly byte[] Large = MakeLarge();
    private readonly WebApplication _app;
    private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _gone;

    private KestrelUpstream(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<KestrelUpstream> StartAsync()
    {
        int port = Ports.Free();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, port);
        });
        KestrelUpstream upstream = new(builder.Build(), port);
        upstream._app.UseWebSockets();
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <summary>Holds the next page's image until that page has reported.</summary>
    public void Expect() => _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/small.txt" => SmallAsync(context),
        "/large.bin" => BytesAsync(context, 200, Large),
        "/chunked" => ChunksAsync(context),
        "/upload" => UploadAsync(context),
        // Without a challenge: a browser would ask somebody for a password.
        "/early" => TextAsync(context, 401, "no\n"),
        "/slow" => WaitAsync(context),
        "/gone" => TextAsync(context, 200, string.Create(CultureInfo.InvariantCulture, $"{_gone}\n")),
        "/redirect" => TextAsync(context, 302, "", ("Location", "/small.txt")),
        "/cookies" => CookiesAsync(context),
        "/headers" => HeadersAsync(context),
        "/item" when context.Request.Method == "DELETE" => EmptyAsync(context, 204),
        "/page" => TextAsync(context, 200, File.ReadAllText(ClientTools.Program("page.html")),
            ("Content-Type", "text/html")),
        "/events" => EventsAsync(context),
        "/socket" => EchoAsync(context),
        "/report" => ReportAsync(context),
        "/hold" => HoldAsync(context),
        _ => TextAsync(context, 404, "not here\n"),
    };

    private static Task SmallAsync(HttpContext context)
    {
        if (context.Request.Headers.IfNoneMatch == "\"v1\"")
        {
            context.Response.Headers.ETag = "\"v1\"";
            return EmptyAsync(context, 304);
        }

        return TextAsync(context, 200, "hello\n", ("ETag", "\"v1\""));
    }

    private static Task TextAsync(
        HttpContext context, int status, string text, params (string Name, string Value)[] headers)
    {
        context.Response.ContentType = "text/plain";
        foreach ((string name, string value) in headers)
            context.Response.Headers[name] = value;
        return BytesAsync(context, status, System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static Task BytesAsync(HttpContext context, int status, byte[] bytes)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes).AsTask();
    }

    private static Task EmptyAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task ChunksAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        for (int i = 0; i < 10; i++)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"chunk {i}\n"));
            await context.Response.Body.FlushAsync();
        }
    }

    private static async Task UploadAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
#pragma warning disable CA5350 // It tells bodies apart.
        string hash = Convert.ToHexStringLower(SHA1.HashData(body.ToArray()));
#pragma warning restore CA5350
        await TextAsync(context, 200, string.Create(CultureInfo.InvariantCulture, $"{body.Length} {hash}\n"));
    }

    private async Task WaitAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _gone);
        }
    }

    private static Task CookiesAsync(HttpContext context)
    {
        context.Response.Headers.SetCookie = new(["a=1; Path=/", "b=2; Path=/"]);
        return TextAsync(context, 200, "");
    }

    private static Task HeadersAsync(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        IEnumerable<string> lines = context.Request.Headers
            .Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}\n")
            .Order(StringComparer.Ordinal);
        return TextAsync(context, 200, $"{context.Request.Method} {target}\n{string.Concat(lines)}");
    }

    private static async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        for (int i = 0; !context.RequestAborted.IsCancellationRequested; i++)
        {
            await context.Response.WriteAsync(
                string.Create(CultureInfo.InvariantCulture, $"id: {i}\ndata: event {i}\n\n"));
            await context.Response.Body.FlushAsync();
            await Task.Delay(50);
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] bytes = new byte[200_000];
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(
                new ArraySegment<byte>(bytes, length, bytes.Length - length), context.RequestAborted);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
                return;
            }

            length += part.Count;
            if (!part.EndOfMessage)
                continue;
            await socket.SendAsync(
                bytes.AsMemory(0, length), part.MessageType, endOfMessage: true, context.RequestAborted);
            length = 0;
        }
    }

    private Task ReportAsync(HttpContext context)
    {
        _reported.TrySetResult();
        return EmptyAsync(context, 204);
    }

    // The page has loaded once it has reported: that is when the browser prints it.
    private async Task HoldAsync(HttpContext context)
    {
        await _reported.Task;
        await EmptyAsync(context, 204);
    }

    private static byte[] MakeLarge()
    {
        byte[] bytes = new byte[251 * 20_000];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }
}
