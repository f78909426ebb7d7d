using Serval.Config.Model;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// Metrics by cluster and, where they are asked for, by endpoint. Bound: <see cref="Limits.ClusterSeries"/>
/// and <see cref="Limits.EndpointSeries"/> names.
/// </summary>
internal static class UpstreamMetrics
{
    private static readonly string[] Classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    /// <summary>Writes what the workers have counted for clusters.</summary>
    public static void WriteClusters(MetricsWriter writer, WorkerThread[] threads, string[] names)
    {
        SortedDictionary<string, List<int>> series = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++) series[names[i]] = [i];
        series[RouterMetrics.Other] = [Limits.ClusterSeries];
        Write(writer, "cluster", series, Array.ConvertAll(threads, static t => t.Worker.Counters.Clusters));
    }

    /// <summary>Writes what the workers have counted for endpoints, if they do.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="threads">The workers.</param>
    /// <param name="endpoints">
    /// Endpoints that a cluster has, by slot. Two slots of one name, with and without TLS, are added up.
    /// </param>
    public static void WriteEndpoints(
        MetricsWriter writer, WorkerThread[] threads, IReadOnlyList<(int Slot, Endpoint Endpoint)> endpoints)
    {
        List<UpstreamCounters> workers = [];
        foreach (WorkerThread thread in threads)
        {
            if (thread.Worker.Counters.Endpoints is { } counters) workers.Add(counters);
        }

        if (workers.Count == 0) return;
        SortedDictionary<string, List<int>> series = new(StringComparer.Ordinal);
        foreach ((int slot, Endpoint endpoint) in endpoints)
        {
            if (slot >= Limits.EndpointSeries) continue;
            string name = NameOf(endpoint);
            if (!series.TryGetValue(name, out List<int>? rows)) series[name] = rows = [];
            rows.Add(slot);
        }

        series[RouterMetrics.Other] = [Limits.EndpointSeries];
        Write(writer, "endpoint", series, [.. workers]);
    }

    /// <summary>Writes how many endpoints each cluster has, and how many of them may be chosen.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="live">The configuration.</param>
    /// <param name="names">Clusters with a series of their own; the others are added up.</param>
    /// <param name="ejected">Endpoints that a worker has ejected, as <c>address:port</c>.</param>
    public static void WriteReady(
        MetricsWriter writer, Snapshot? live, string[] names, IReadOnlySet<string> ejected)
    {
        HashSet<string> named = new(names, StringComparer.Ordinal);
        SortedDictionary<string, (long All, long Ready)> counts = new(StringComparer.Ordinal);
        foreach (Cluster cluster in live?.Clusters ?? [])
            counts.TryAdd(named.Contains(cluster.Name) ? cluster.Name : RouterMetrics.Other, default);
        foreach (EndpointSet set in live?.EndpointSets ?? [])
        {
            string name = named.Contains(set.Cluster) ? set.Cluster : RouterMetrics.Other;
            (long all, long ready) = counts.GetValueOrDefault(name);
            foreach (Endpoint endpoint in set.Endpoints) Count(endpoint);
            foreach (Endpoint endpoint in set.Fallback.IsDefault ? [] : set.Fallback) Count(endpoint);
            counts[name] = (all, ready);

            void Count(Endpoint endpoint)
            {
                all++;
                if (ejected.Count == 0 || !ejected.Contains(NameOf(endpoint))) ready++;
            }
        }

        writer.OpenGauge("serval_cluster_endpoints", "Endpoints that the configuration has, by cluster.");
        foreach ((string name, (long all, _)) in counts) writer.Sample(all, new MetricLabel("cluster", name));
        writer.OpenGauge(
            "serval_cluster_endpoints_ready", "Endpoints that no worker has ejected, by cluster.");
        foreach ((string name, (_, long ready)) in counts)
            writer.Sample(ready, new MetricLabel("cluster", name));
    }

    private static string NameOf(Endpoint endpoint) => AddressText.Join(endpoint.Address, endpoint.Port);

    private static void Write(
        MetricsWriter writer, string label, SortedDictionary<string, List<int>> series,
        UpstreamCounters[] workers)
    {
        writer.OpenCounter(
            $"serval_{label}_requests_total",
            $"Exchanges answered, by {label} of the last attempt and class of status code.");
        foreach ((string name, List<int> rows) in series)
        {
            for (int i = 0; i < Classes.Length; i++)
            {
                int statusClass = i;
                long sum = Sum(workers, rows, (c, row) => c.ReadStatus(row, statusClass));
                if (sum > 0)
                    writer.Sample(
                        sum, new MetricLabel(label, name), new MetricLabel("code_class", Classes[i]));
            }
        }

        WriteLatency(writer, label, series, workers);
        WriteConnects(writer, label, series, workers);
        writer.OpenGauge($"serval_{label}_requests_in_flight", $"Exchanges in progress, by {label}.");
        foreach ((string name, List<int> rows) in series)
        {
            long sum = Sum(workers, rows, static (c, row) => c.ReadInFlight(row));
            if (name != RouterMetrics.Other || sum != 0) writer.Sample(sum, new MetricLabel(label, name));
        }
    }

    private static void WriteLatency(
        MetricsWriter writer, string label, SortedDictionary<string, List<int>> series,
        UpstreamCounters[] workers)
    {
        writer.OpenHistogram(
            $"serval_{label}_duration_seconds",
            $"From the start of the last attempt to the end of its response's head, by {label}.");
        long[] counts = new long[LatencyBuckets.Count];
        foreach ((string name, List<int> rows) in series)
        {
            long total = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                int bucket = i;
                counts[i] = Sum(workers, rows, (c, row) => c.ReadLatency(row, bucket));
                total += counts[i];
            }

            if (total == 0) continue;
            long sum = Sum(workers, rows, static (c, row) => c.ReadLatencySum(row));
            writer.Histogram(LatencyBuckets.Seconds, counts, sum / 1e6, new MetricLabel(label, name));
        }
    }

    private static void WriteConnects(
        MetricsWriter writer, string label, SortedDictionary<string, List<int>> series,
        UpstreamCounters[] workers)
    {
        writer.OpenCounter($"serval_{label}_connects_total", $"Connections begun to endpoints, by {label}.");
        foreach ((string name, List<int> rows) in series)
        {
            long sum = Sum(workers, rows, static (c, row) => c.ReadConnects(row));
            if (sum > 0) writer.Sample(sum, new MetricLabel(label, name));
        }

        writer.OpenCounter(
            $"serval_{label}_connect_failures_total",
            $"Connections to endpoints that were not established, by {label} and kind.");
        foreach ((string name, List<int> rows) in series)
        {
            foreach (ConnectFailure kind in Enum.GetValues<ConnectFailure>())
            {
                long sum = Sum(workers, rows, (c, row) => c.ReadConnectFailures(row, kind));
                if (sum > 0)
                    writer.Sample(
                        sum, new MetricLabel(label, name),
                        new MetricLabel("kind", ConnectFailures.Text(kind)));
            }
        }
    }

    private static long Sum(
        UpstreamCounters[] workers, List<int> rows, Func<UpstreamCounters, int, long> read)
    {
        long sum = 0;
        foreach (UpstreamCounters counters in workers)
        {
            foreach (int row in rows) sum += read(counters, row);
        }

        return sum;
    }
}
