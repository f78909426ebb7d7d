using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Gateways;

namespace Serval.Kubernetes.Tests.Load;

/// <summary>
/// Watches HTTPRoutes as simply as a client can, and notes when the API server tells of each new one: what no
/// gateway can be faster than.
/// </summary>
internal sealed class RouteEvents : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _told = new();
    private readonly StreamReader _lines;
    private readonly Task _reading;

    private RouteEvents(StreamReader lines)
    {
        _lines = lines;
        _reading = ReadAsync();
    }

    public static async Task<RouteEvents> StartAsync(Scene scene)
    {
        JsonNode list = await scene.Server.GetAsync($"{Scene.RoutesPath}?limit=1");
        string version = list["metadata"]!["resourceVersion"]!.GetValue<string>();
        return new RouteEvents(
            await scene.Server.OpenAsync($"{Scene.RoutesPath}?watch=1&resourceVersion={version}"));
    }

    /// <summary>How long after a moment the API server told of a route, milliseconds; at least 0.</summary>
    public async Task<double> AfterAsync(string name, long moment)
    {
        long told = await Deadline.UntilAsync(
            () => Task.FromResult(_told.GetValueOrDefault(name)), found => found != 0);
        return Math.Max(0, Stopwatch.GetElapsedTime(moment, told).TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _lines.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        const string Added = "{\"type\":\"ADDED\"";
        const string Name = "\"name\":\"";
        try
        {
            while (await _lines.ReadLineAsync(_stop.Token) is { } line)
            {
                if (!line.StartsWith(Added, StringComparison.Ordinal))
                    continue;
                int from = line.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
                _told[line[from..line.IndexOf('"', from)]] = Stopwatch.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            // the test has seen enough
        }
    }
}
