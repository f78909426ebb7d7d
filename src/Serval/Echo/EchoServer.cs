using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Echo;

/// <summary>
/// A demo upstream: answers what it was asked, or a status, a delay, a number of bytes. Bodies of any size
/// pass through without being held. For trying and testing routes, not for the open Internet: it bounds
/// nothing.
/// </summary>
internal static class EchoServer
{
    private const int DelayMsMax = 3_600_000;

    /// <summary>Listens on every endpoint.</summary>
    public static Task<SlimServer> StartAsync(
        ImmutableArray<IPEndPoint> endpoints, ILoggerFactory loggers, CancellationToken stop) =>
        SlimServer.StartAsync(endpoints, Bound, AnswerAsync, loggers, stop);

    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxConcurrentConnections = null;
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        try
        {
            if (EchoSocket.IsAsked(http))
                await EchoSocket.EchoAsync(http);
            else
                await RouteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
    }

    private static async Task RouteAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "/";
        if (TryReadNumber(path, "/status/", out long status) && status is >= 200 and <= 599)
        {
            http.Response.StatusCode = (int)status;
            if (status is 204 or 205 or 304)
                return; // RFC 9110 §15: these carry no content.
        }
        else if (TryReadNumber(path, "/bytes/", out long count))
        {
            await EchoBody.SendAsync(http, count);
            return;
        }
        else if (TryReadNumber(path, "/delay/", out long delayMs))
        {
            await Task.Delay((int)Math.Min(delayMs, DelayMsMax), http.RequestAborted);
        }
        else if (path.EndsWith("/mirror", StringComparison.Ordinal))
        {
            await EchoBody.MirrorAsync(http);
            return;
        }
        await EchoAnswer.WriteAsync(http, await EchoBody.ReceiveAsync(http));
    }

    /// <summary>
    /// Reads the number after the last occurrence of a word, so that a prefix before it does not matter.
    /// </summary>
    private static bool TryReadNumber(string path, string word, out long number)
    {
        number = 0;
        int start = path.LastIndexOf(word, StringComparison.Ordinal);
        return start >= 0 && long.TryParse(
            path.AsSpan(start + word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
