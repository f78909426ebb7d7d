using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Kubernetes.Tests.Gateways;
using Xunit.Abstractions;

namespace Serval.Kubernetes.Tests.Load;

/// <summary>
/// What a large cluster costs: a real API server, a gateway, a router, 5,000 routes of three rules and 10,000
/// endpoints. Nothing is asserted of times: the figures are written to bench/results.
/// </summary>
public sealed class Figures(ITestOutputHelper output)
{
    private const int Endpoints = 10_000;
    private const int Services = Endpoints / 100;
    private const int Probes = 250;
    private const int Threads = 32;
    private const int Burst = 1_000;
    private static readonly TimeSpan AfterBurst = TimeSpan.FromSeconds(10);
    private readonly StringBuilder _report = new();

    private static string Cores => Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_APART") is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores")
        : "two cores, of which gateway and router have one to themselves";

    private static int RouteCount => int.Parse(
        Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_ROUTES")
            ?? "5000", CultureInfo.InvariantCulture);

    [LoadFact]
    public async Task A_large_cluster()
    {
        // A pool that is short of threads adds one every half second: that would be measured as a slow route.
        ThreadPool.SetMinThreads(Threads, Threads);
        await using Scene scene = await Scene.StartAsync();
        LoadCluster cluster = new(scene);
        await cluster.CreateEndpointsAsync(Endpoints);
        await cluster.CreateRoutesAsync("r", 0, RouteCount, Services);
        ServalProcess router = await scene.StartRouterAsync();
        double served = scene.Server.ProcessIds.Sum(ProcessFigures.ProcessorSeconds);
        Stopwatch start = Stopwatch.StartNew();
        ServalProcess gateway = await scene.StartGatewayAsync([router.Admin]);
        await scene.AnswersAsync($"r{RouteCount - 1}.example.com");
        Row("gateway start to first request", $"{start.Elapsed.TotalMilliseconds:0} ms");
        await scene.AttachedAsync(RouteCount);
        await SettledAsync(gateway);
        Row("gateway start to every status written", $"{start.Elapsed.TotalSeconds:0.0} s");
        Row("statuses written for that",
            $"{await gateway.MetricAsync("serval_gateway_status_writes_total"):0}");
        Row("processor time of the API server and etcd meanwhile",
            $"{scene.Server.ProcessIds.Sum(ProcessFigures.ProcessorSeconds) - served:0.0} s");
        await MeasureRestAsync(gateway, router);
        Row("collector's pauses until then, gateway", $"{await StoppedAsync(gateway):0} ms");
        await MeasurePropagationAsync(scene, cluster, gateway, router);
        await MeasureBurstAsync(scene, cluster, gateway, router);
        Row("metric series of the gateway", $"{await SeriesAsync(gateway)}");
        Row("metric series of the router", $"{await SeriesAsync(router)}");
        Write();
    }

    private async Task MeasureRestAsync(ServalProcess gateway, ServalProcess router)
    {
        await Task.Delay(AfterBurst); // the gateway gives back what the many writes left
        (int Id, string Name)[] processes = [(gateway.Id, "gateway"), (router.Id, "router")];
        double[] before = [.. processes.Select(process => ProcessFigures.ProcessorSeconds(process.Id))];
        const int Seconds = 20;
        await Task.Delay(TimeSpan.FromSeconds(Seconds));
        for (int i = 0; i < processes.Length; i++)
        {
            double used = (ProcessFigures.ProcessorSeconds(processes[i].Id) - before[i]) / Seconds;
            Row($"{processes[i].Name} at rest, of one core", $"{used:0.00 %}");
            Row($"{processes[i].Name} resident",
                $"{ProcessFigures.ResidentMebibytes(processes[i].Id):0} MiB");
        }
    }

    // From the API server's answer to the creation of a route to the first request that it carries: each as
    // soon as the one before is seen, while its status is written, and each on its own. A client that asked
    // without a pause would take one of two cores from those whose work is measured.
    private async Task MeasurePropagationAsync(
        Scene scene, LoadCluster cluster, ServalProcess gateway, ServalProcess router)
    {
        await using RouteEvents events = await RouteEvents.StartAsync(scene);
        foreach ((string pace, TimeSpan pause) in new[]
        {
            ("one after the other", TimeSpan.Zero), ("ten a second", TimeSpan.FromMilliseconds(100)),
        })
        {
            double[] stopped = [await StoppedAsync(gateway), await StoppedAsync(router)];
            await MeasurePropagationAsync(scene, cluster, gateway, events, pace, pause);
            Row("collector's pauses in these seconds, gateway",
                $"{await StoppedAsync(gateway) - stopped[0]:0} ms");
            Row("collector's pauses in these seconds, router",
                $"{await StoppedAsync(router) - stopped[1]:0} ms");
        }
    }

    private async Task MeasurePropagationAsync(Scene scene, LoadCluster cluster, ServalProcess gateway,
        RouteEvents events, string pace, TimeSpan pause)
    {
        List<double> found = [];
        List<double> told = [];
        List<double> since = [];
        List<double> pushed = [];
        for (int i = 0; i < Probes; i++)
        {
            string name = $"probe{i}-{pause.Milliseconds}";
            await Task.Delay(pause);
            await cluster.CreateRouteAsync(name, i, Services);
            long created = Stopwatch.GetTimestamp();
            while (await scene.AskAsync($"{name}.example.com") != HttpStatusCode.OK)
            {
                if (Stopwatch.GetElapsedTime(created) > Deadline.Limit)
                    throw new TimeoutException($"{name} was never routed.");
                await Task.Delay(TimeSpan.FromMilliseconds(1));
            }
            found.Add(Stopwatch.GetElapsedTime(created).TotalMilliseconds);
            told.Add(await events.AfterAsync(name, created));
            since.Add(found[^1] - told[^1]);
            JsonNode router = (await gateway.GetAsync("/routers"))!["routers"]![0]!;
            pushed.Add(router["lastPushMs"]!.GetValue<double>());
        }
        Rows($"route created to first request, {pace}", found);
        Rows("of that, to the event of a bare watch", told);
        Rows("of that, from this event on", since);
        Rows("of that, the push to the router", pushed);
    }

    private void Rows(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        Row($"{what}, p50", $"{milliseconds[milliseconds.Count / 2]:0.0} ms");
        Row($"{what}, p99", $"{milliseconds[milliseconds.Count * 99 / 100]:0.0} ms");
        Row($"{what}, longest", $"{milliseconds[^1]:0.0} ms");
    }

    private async Task MeasureBurstAsync(
        Scene scene, LoadCluster cluster, ServalProcess gateway, ServalProcess router)
    {
        using CancellationTokenSource stop = new();
        Task<(long Asked, long Failed)>[] load =
            [.. Enumerable.Range(0, 4).Select(_ => AskUntilAsync(scene, "r0.example.com", stop.Token))];
        int before = RouteCount + (2 * Probes);
        double pushes = await gateway.MetricAsync("serval_gateway_pushes_total");
        await cluster.CreateRoutesAsync("x", 0, Burst, Services);
        Stopwatch settling = Stopwatch.StartNew();
        double worked = ProcessFigures.ProcessorSeconds(gateway.Id);
        double written = await gateway.MetricAsync("serval_gateway_status_writes_total");
        await scene.AttachedAsync(before + Burst);
        await SettledAsync(gateway);
        Row($"{Burst} routes created to every status written", $"{settling.Elapsed.TotalSeconds:0.00} s");
        Row("statuses written after the last was created",
            $"{await gateway.MetricAsync("serval_gateway_status_writes_total") - written:0}");
        Row("processor time of the gateway meanwhile",
            $"{ProcessFigures.ProcessorSeconds(gateway.Id) - worked:0.00} s");
        Row("pushes for them", $"{await gateway.MetricAsync("serval_gateway_pushes_total") - pushes:0}");
        await cluster.ChangeRoutesAsync("x", 0, Burst);
        await cluster.DeleteRoutesAsync("x", 0, Burst);
        await Deadline.UntilAsync(router.RoutesAsync, count => count == before);
        await scene.AttachedAsync(before);
        await stop.CancelAsync();
        (long Asked, long Failed)[] results = await Task.WhenAll(load);
        Row($"requests while {Burst} routes were added, changed, deleted",
            $"{results.Sum(result => result.Asked)}");
        Row("failed among them", $"{results.Sum(result => result.Failed)}");
        Resident("at once");
        await Task.Delay(AfterBurst);
        Resident("after ten seconds");

        void Resident(string when)
        {
            Row($"gateway resident {when}", $"{ProcessFigures.ResidentMebibytes(gateway.Id):0} MiB");
            Row($"router resident {when}", $"{ProcessFigures.ResidentMebibytes(router.Id):0} MiB");
        }
    }

    private static async Task<double> StoppedAsync(ServalProcess process) =>
        await process.MetricAsync("serval_gc_pause_seconds_total") * 1_000;

    private static Task SettledAsync(ServalProcess gateway) => Deadline.UntilAsync(
        () => gateway.MetricAsync("serval_gateway_status_waiting"), waiting => waiting == 0);

    private static async Task<(long Asked, long Failed)> AskUntilAsync(
        Scene scene, string host, CancellationToken stop)
    {
        long asked = 0;
        long failed = 0;
        for (; !stop.IsCancellationRequested; asked++)
            failed += await scene.AskAsync(host) == HttpStatusCode.OK ? 0 : 1;
        return (asked, failed);
    }

    private static async Task<int> SeriesAsync(ServalProcess process)
    {
        using HttpClient http = new();
        string text = await http.GetStringAsync(new Uri(process.Admin, "/metrics"), Deadline.Token());
        return text.Split('\n').Count(line => line.Length > 0 && line[0] != '#');
    }

    private void Row(string what, FormattableString figure)
    {
        string line = $"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |";
        output.WriteLine(line);
        _report.AppendLine(line);
    }

    private void Write()
    {
        if (Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_RESULTS") is not { } path)
            return;
        string load = File.ReadAllText("/proc/loadavg").Trim();
        File.WriteAllText(path, $"""
            # A large cluster: {RouteCount} routes of three rules, {Endpoints} endpoints

            A real API server and etcd, one gateway, one router with one worker, all on one machine with
            {Cores}. Load average at the end: {load}.

            | | |
            |---|---|
            {_report}
            """);
    }
}
