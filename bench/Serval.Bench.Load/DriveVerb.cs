using System.Globalization;
using System.Net;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load;

/// <summary>
/// <c>drive</c>: one run against a running proxy, whose upstream is the origin named first on stderr.
/// </summary>
internal static class DriveVerb
{
    public static int Run(string[] args)
    {
        Arguments options = new(args, "target", "origin-port", "pid", "cpu", "scenario", "connections",
            "idle", "body", "upload", "close", "rate", "routes", "warmup", "seconds", "settle", "tls");
        Affinity.PinProcess((int)options.Number("cpu", 1));
        using EventLoop loop = new();
        Faults faults = new();
        Scenario scenario = ScenarioOf(options);
        Origin origin = new(loop, faults, (int)options.Number("origin-port", 0))
        {
            IsBehindPassthrough = scenario.Tls == TlsUse.PassedThrough,
        };
        Console.Error.WriteLine($"origin on 127.0.0.1:{origin.Port}");

        SocketAddress4 target = options.Has("target")
            ? SocketAddress4.From(IPEndPoint.Parse(options.Text("target", "")))
            : new SocketAddress4(0x7f000001, origin.Port);
        List<int> processes = [.. options.List("pid")
            .SelectMany(pid => ProcessTimes.Family(int.Parse(pid, CultureInfo.InvariantCulture)))];

        ClientPlan clients = ClientPlan.For(scenario, target);
        Probe probe = new(loop, clients);
        if (!probe.TrySettle(options.Seconds("settle", 10), () => true))
        {
            Console.Error.WriteLine($"the proxy does not answer: {probe.LastFault}; {faults}");
            return 1;
        }

        faults.Clear();
        RunResult result = new Driver(loop, scenario, faults, clients).Run(processes, origin);
        Console.Error.WriteLine(ResultText.Line(result));
        Console.WriteLine(ResultText.Json(result));
        return result.Faults.Length == 0 ? 0 : 1;
    }

    private static Scenario ScenarioOf(Arguments options)
    {
        string name = options.Text("scenario", "");
        Scenario start = Scenario.All.FirstOrDefault(known => known.Name == name) ?? new Scenario("custom");
        return start with
        {
            Connections = (int)options.Number("connections", start.Connections),
            IdleConnections = (int)options.Number("idle", start.IdleConnections),
            BodyBytes = options.Number("body", start.BodyBytes),
            UploadBytes = options.Number("upload", start.UploadBytes),
            ClosesConnections = options.Has("close") || start.ClosesConnections,
            RatePerSecond = (int)options.Number("rate", start.RatePerSecond),
            Routes = (int)options.Number("routes", start.Routes),
            WarmUpSeconds = options.Seconds("warmup", start.WarmUpSeconds),
            Tls = options.Has("tls")
                ? Enum.Parse<TlsUse>(options.Text("tls", nameof(TlsUse.Terminated)))
                : start.Tls,
            Seconds = options.Seconds("seconds", start.Seconds),
        };
    }
}
