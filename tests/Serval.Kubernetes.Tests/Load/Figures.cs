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
    private const int Probes = 200;
    private const int Burst = 1_000;
    private readonly StringBuilder _report = new();

    private static int RouteCount => int.Parse(
        Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_ROUTES")
            ?? "5000", CultureInfo.InvariantCulture);

    [LoadFact]
    public async Task A_large_cluster()
    {
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
        await MeasurePropagationAsync(scene, cluster, gateway);
        await MeasureBurstAsync(scene, cluster, gateway, router);
        Row("metric series of the gateway", $"{await SeriesAsync(gateway)}");
        Row("metric series of the router", $"{await SeriesAsync(router)}");
        Write();
    }

    private async Task MeasureRestAsync(ServalProcess gateway, ServalProcess router)
    {
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

    // From the API server's answer to the creation of a route to the first request that it carries.
    private async Task MeasurePropagationAsync(Scene scene, LoadCluster cluster, ServalProcess gateway)
    {
        List<double> found = [];
        List<double> pushed = [];
        for (int i = 0; i < Probes; i++)
        {
            string name = $"probe{i}";
            await cluster.CreateRouteAsync(name, i, Services);
            Stopwatch waited = Stopwatch.StartNew();
            while (await scene.AskAsync($"{name}.example.com") != HttpStatusCode.OK)
            {
                if (waited.Elapsed > Deadline.Limit)
                    throw new TimeoutException($"{name} was never routed.");
            }
            found.Add(waited.Elapsed.TotalMilliseconds);
            JsonNode told = (await gateway.GetAsync("/routers"))!["routers"]![0]!;
            pushed.Add(told["lastPushMs"]!.GetValue<double>());
        }
        Rows("route created to first request", found);
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
        int before = RouteCount + Probes;
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
        Row("gateway resident afterwards", $"{ProcessFigures.ResidentMebibytes(gateway.Id):0} MiB");
        Row("router resident afterwards", $"{ProcessFigures.ResidentMebibytes(router.Id):0} MiB");
    }

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
            {Environment.ProcessorCount} cores. Load average at the end: {load}.

            | | |
            |---|---|
            {_report}
            """);
    }
}
