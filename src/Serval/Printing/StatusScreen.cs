using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serval.CommandLine.Vpp;
using Serval.Common;

namespace Serval.CommandLine.Printing;

/// <summary>A look at a role as tables for people; with a look before it, as rates.</summary>
internal sealed class StatusScreen
{
    private readonly StringBuilder _text = new();
    private readonly StatusLook _look;
    private readonly StatusLook? _before;
    private readonly double _seconds;

    private StatusScreen(StatusLook look, StatusLook? before)
    {
        _look = look;
        _before = before;
        _seconds = before is null ? 0 : Stopwatch.GetElapsedTime(before.At, look.At).TotalSeconds;
    }

    /// <summary>Writes the whole.</summary>
    public static string Write(StatusLook look, StatusLook? before)
    {
        StatusScreen screen = new(look, before);
        screen.WriteHead();
        screen.WriteRouters();
        screen.WriteListeners();
        screen.WriteRoutes();
        screen.WriteClusters();
        screen.WriteFindings();
        return screen._text.ToString();
    }

    private JsonObject Status => _look.Status!;

    private string Counted => _before is null ? ">REQUESTS" : ">REQ/S";

    private void WriteHead()
    {
        string ready = Status["isReady"]!.GetValue<bool>()
            ? "ready"
            : $"not ready ({Text(Status, "notReadyReason")})";
        _text.Append(CultureInfo.InvariantCulture,
            $"serval {Text(Status, "role")} on {_look.Address}: {ready}; ")
            .Append($"version {Text(Status, "version").Split('+')[0]}, ")
            .Append($"up {Age(Status["uptimeSeconds"]!.GetValue<double>())}\n");
        if (Status["snapshotAgeSeconds"] is { } age)
        {
            _text.Append($"configuration {Text(Status, "snapshot")}, ")
                .Append($"live for {Age(age.GetValue<double>())}\n");
        }
    }

    private void WriteRouters()
    {
        if (_look.Routers is not { } fleet)
            return;
        string leads = fleet["isLeader"]!.GetValue<bool>() ? "leads" : $"follows {Text(fleet, "leader")}";
        _text.Append($"{Text(fleet, "identity")} {leads}; version {Text(fleet, "version")}\n\n");
        TextTable table = new(
            "ROUTER", "READY", "VERSION", ">BEHIND", ">PUSHES", ">FAILED", ">LAST MS", "PROBLEM");
        foreach (JsonObject router in Objects(fleet, "routers"))
        {
            string failure = Text(router, "failure");
            string problem = failure.Length > 0
                ? failure
                : Objects(router, "findings").Select(finding => Text(finding, "message"))
                    .FirstOrDefault() ?? "";
            table.Add(
                Text(router, "name"), router["isReady"]!.GetValue<bool>() ? "yes" : "no",
                Text(router, "version"), Number(router, "snapshotsBehind"), Number(router, "pushes"),
                Number(router, "failedPushes"), Number(router, "lastPushMs"), problem);
        }
        _text.Append(table);
    }

    private void WriteListeners()
    {
        TextTable table = new(
            "LISTENER", "ADDRESS", "PROTOCOL", "HOSTNAME", "UP", ">ROUTES", Counted, ">5XX", ">P50", ">P99");
        foreach (JsonObject listener in Objects(Status, "listeners"))
        {
            string name = Text(listener, "name");
            IEnumerable<string> sockets = (listener["addresses"] as JsonArray ?? [])
                .Select(item => $"{item}").DefaultIfEmpty("*")
                .Select(item => item.Contains(':', StringComparison.Ordinal) ? $"[{item}]" : item)
                .Select(item => $"{item}:{Number(listener, "port")}");
            string up = listener["isUp"] is { } isUp ? isUp.GetValue<bool>() ? "yes" : "NO" : "";
            table.Add(
                name, string.Join(',', sockets), Text(listener, "protocol"),
                Text(listener, "hostname"), up, Number(listener, "routes"),
                Count("serval_listener_requests_total", "listener", name),
                Count("serval_listener_requests_total", "listener", name, "5xx"),
                Quantile("serval_exchange_duration_seconds", "listener", name, 0.5),
                Quantile("serval_exchange_duration_seconds", "listener", name, 0.99));
        }
        Add(table);
    }

    private void WriteRoutes()
    {
        TextTable table = new("ROUTE", "HOSTNAMES", ">RULES", Counted, ">5XX", "CLUSTERS");
        foreach (JsonObject route in Objects(Status, "routes"))
        {
            string name = Text(route, "name");
            table.Add(
                name, Few(route, "hostnames"), Number(route, "rules"),
                Count("serval_route_requests_total", "route", name),
                Count("serval_route_requests_total", "route", name, "5xx"), Few(route, "clusters"));
        }
        Add(table);
    }

    private void WriteClusters()
    {
        TextTable table = new("CLUSTER", ">READY", Counted, ">5XX", ">P50", ">P99", "ENDPOINTS");
        foreach (JsonObject cluster in Objects(Status, "clusters"))
        {
            string name = Text(cluster, "name");
            JsonObject[] endpoints = [.. Objects(cluster, "endpoints")];
            int ready = endpoints.Count(endpoint => Text(endpoint, "health") == "healthy");
            IEnumerable<string> shown = endpoints
                .OrderByDescending(endpoint => Text(endpoint, "health") != "healthy").Take(4)
                .Select(endpoint => Text(endpoint, "address")
                    + (Text(endpoint, "health") == "healthy" ? "" : " (ejected)")
                    + (endpoint["isFallback"]!.GetValue<bool>() ? " (fallback)" : ""));
            table.Add(
                name, $"{ready}/{endpoints.Length}",
                Count("serval_cluster_requests_total", "cluster", name),
                Count("serval_cluster_requests_total", "cluster", name, "5xx"),
                Quantile("serval_cluster_duration_seconds", "cluster", name, 0.5),
                Quantile("serval_cluster_duration_seconds", "cluster", name, 0.99),
                string.Join(' ', shown) + (endpoints.Length > 4 ? $" and {endpoints.Length - 4} more" : ""));
        }
        Add(table);
    }

    private void WriteFindings()
    {
        JsonObject[] findings = [.. Objects(Status, "findings")];
        if (findings.Length == 0)
            return;
        _text.Append('\n');
        foreach (JsonObject finding in findings)
        {
            string subject = $"{Text(finding, "subject")} {Text(finding, "field")}".TrimEnd();
            _text.Append(VppPrinter.Clean(
                $"{Text(finding, "severity")}: {subject}: {Text(finding, "message")}")).Append('\n');
        }
    }

    private void Add(TextTable table) => _text.Append('\n').Append(table);

    // Since the start; between two looks for each second.
    private string Count(string metric, string label, string value, string? codeClass = null)
    {
        if (!_look.Metrics.Has(metric))
            return "";
        double now = Sum(_look.Metrics);
        if (_before is null)
            return now.ToString("0", CultureInfo.InvariantCulture);
        double rate = Math.Max(now - Sum(_before.Metrics), 0) / Math.Max(_seconds, 0.001);
        return rate.ToString(rate is > 0 and < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

        double Sum(MetricsText metrics) => codeClass is null
            ? metrics.Sum(metric, label, value)
            : metrics.Sum(metric, label, value, codeClass);
    }

    // The upper bound of the bucket that the quantile falls into.
    private string Quantile(string metric, string label, string name, double quantile)
    {
        string family = metric + "_bucket";
        List<(double Bound, double Count)> buckets = [];
        foreach (MetricsSample sample in _look.Metrics[family])
        {
            if (sample.Label(label) != name)
                continue;
            string bound = sample.Label("le");
            double before = _before?.Metrics[family].FirstOrDefault(old =>
                old.Label(label) == name && old.Label("le") == bound)?.Value ?? 0;
            buckets.Add((bound == "+Inf"
                ? double.PositiveInfinity
                : double.Parse(bound, CultureInfo.InvariantCulture), sample.Value - before));
        }
        buckets.Sort();
        if (buckets.Count == 0 || buckets[^1].Count <= 0)
            return "";
        double wanted = buckets[^1].Count * quantile;
        double limit = buckets.First(bucket => bucket.Count >= wanted).Bound;
        return double.IsInfinity(limit)
            ? $">{Seconds(buckets[^2].Bound)}"
            : $"<{Seconds(limit)}";
    }

    private static string Seconds(double seconds) => seconds >= 1
        ? $"{seconds.ToString("0.#", CultureInfo.InvariantCulture)}s"
        : $"{(seconds * 1_000).ToString("0.##", CultureInfo.InvariantCulture)}ms";

    private static string Age(double seconds) => new Duration((long)seconds * 1_000).ToString();

    private static string Few(JsonObject owner, string name)
    {
        JsonArray items = owner[name] as JsonArray ?? [];
        return string.Join(',', items.Take(3)) + (items.Count > 3 ? $" and {items.Count - 3} more" : "");
    }

    private static IEnumerable<JsonObject> Objects(JsonObject owner, string name) =>
        (owner[name] as JsonArray ?? []).OfType<JsonObject>();

    private static string Text(JsonObject owner, string name) => owner[name]?.ToString() ?? "";

    private static string Number(JsonObject owner, string name) => owner[name]?.ToString() ?? "";
}
