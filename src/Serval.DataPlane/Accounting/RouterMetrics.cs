using System.Globalization;
using System.Text;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Http;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// The data plane's page of metrics. The number of series is bounded: routes by
/// <see cref="Limits.RouteSeries"/>, listeners by <see cref="Limits.ListenerSeries"/>, clusters by
/// <see cref="Limits.ClusterSeries"/>, everything else by constants and the number of workers.
/// </summary>
internal static class RouterMetrics
{
    /// <summary>Stands for names beyond the bound of their series.</summary>
    public const string Other = "_other";

    // Requests for which no listener was found, or whose head could not be read.
    private const string Unmatched = "_unmatched";
    private static readonly string[] Classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    public static void Write(
        MetricsWriter writer, WorkerThread[] threads, Publisher publisher, IReadOnlySet<string> ejected)
    {
        (string[] routes, string[] listeners, string[] clusters) = publisher.SeriesNames;
        WriteByStatus(writer, threads, "listener", ListenerSeries(listeners),
            static (c, s, k) => c.ReadListener(s, k));
        WriteByStatus(writer, threads, "route", Series(routes, Limits.RouteSeries),
            static (c, s, k) => c.ReadRoute(s, k));
        WriteOutcomes(writer, threads);
        WriteRejections(writer, threads);
        WriteLatency(writer, threads, listeners);
        UpstreamMetrics.WriteClusters(writer, threads, clusters);
        UpstreamMetrics.WriteReady(writer, publisher.Live, clusters, ejected);
        UpstreamMetrics.WriteEndpoints(writer, threads, publisher.Endpoints);
        HandshakeMetrics.Write(writer, threads);
        WriteCounters(writer, threads);
        WriteWorkers(writer, threads);
        WriteSnapshot(writer, publisher);
    }

    private static void WriteByStatus(
        MetricsWriter writer, WorkerThread[] threads, string label, List<(int Index, string Name)> all,
        Func<WorkerCounters, int, int, long> read)
    {
        writer.OpenCounter(
            $"serval_{label}_requests_total", $"Exchanges answered, by {label} and class of status code.");
        foreach ((int index, string name) in all)
        {
            for (int statusClass = 0; statusClass < Classes.Length; statusClass++)
            {
                long sum = 0;
                foreach (WorkerThread thread in threads)
                    sum += read(thread.Worker.Counters, index, statusClass);
                if (sum > 0)
                    writer.Sample(
                        sum, new MetricLabel(label, name),
                        new MetricLabel("code_class", Classes[statusClass]));
            }
        }
    }

    private static List<(int Index, string Name)> Series(string[] names, int other)
    {
        List<(int, string)> series = [];
        for (int i = 0; i < names.Length; i++) series.Add((i, names[i]));
        series.Add((other, Other));
        return series;
    }

    private static List<(int Index, string Name)> ListenerSeries(string[] names)
    {
        List<(int, string)> series = Series(names, Limits.ListenerSeries);
        series.Add((WorkerCounters.UnmatchedListener, Unmatched));
        return series;
    }

    private static void WriteOutcomes(MetricsWriter writer, WorkerThread[] threads)
    {
        writer.OpenCounter("serval_exchanges_total", "Exchanges ended, by outcome.");
        for (int outcome = 0; outcome < OutcomeText.Count; outcome++)
        {
            long sum = 0;
            foreach (WorkerThread thread in threads)
                sum += thread.Worker.Counters.ReadOutcome((Outcome)outcome);
            writer.Sample(sum, new MetricLabel("outcome",
                Encoding.ASCII.GetString(OutcomeText.Name((Outcome)outcome))));
        }
    }

    private static void WriteRejections(MetricsWriter writer, WorkerThread[] threads)
    {
        writer.OpenCounter("serval_rejections_total", "Messages refused, by sender and broken rule.");
        foreach (bool isResponse in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (Rejection rejection in Enum.GetValues<Rejection>())
            {
                long sum = 0;
                foreach (WorkerThread thread in threads)
                    sum += thread.Worker.Counters.ReadRejections(rejection, isResponse);
                if (sum > 0)
                    writer.Sample(
                        sum, new MetricLabel("sender", isResponse ? "upstream" : "client"),
                        new MetricLabel("rule", rejection.Text()));
            }
        }
    }

    private static void WriteLatency(MetricsWriter writer, WorkerThread[] threads, string[] listeners)
    {
        writer.OpenHistogram(
            "serval_exchange_duration_seconds",
            "From the end of a request's head to the last byte of its answer.");
        long[] counts = new long[LatencyBuckets.Count];
        foreach ((int index, string name) in ListenerSeries(listeners))
        {
            long sum = 0, total = 0;
            for (int bucket = 0; bucket < counts.Length; bucket++)
            {
                counts[bucket] = 0;
                foreach (WorkerThread thread in threads)
                    counts[bucket] += thread.Worker.Counters.ReadLatency(index, bucket);
                total += counts[bucket];
            }

            foreach (WorkerThread thread in threads) sum += thread.Worker.Counters.ReadLatencySum(index);
            if (total == 0) continue;
            writer.Histogram(LatencyBuckets.Seconds, counts, sum / 1e6, new MetricLabel("listener", name));
        }
    }

    private static void WriteCounters(MetricsWriter writer, WorkerThread[] threads)
    {
        foreach (Counter counter in Enum.GetValues<Counter>())
        {
            long sum = 0;
            foreach (WorkerThread thread in threads) sum += thread.Worker.Counters.Read(counter);
            writer.Counter(NameOf(counter), HelpOf(counter), sum);
        }
    }

    private static void WriteWorkers(MetricsWriter writer, WorkerThread[] threads)
    {
        writer.OpenGauge("serval_worker_downstream_connections", "Open client connections.");
        foreach (WorkerThread thread in threads)
            writer.Sample(thread.Worker.Counters.DownstreamOpen, LabelOf(thread));
        writer.OpenGauge("serval_worker_exchanges", "Exchanges in progress.");
        foreach (WorkerThread thread in threads)
            writer.Sample(thread.Worker.Counters.ExchangesActive, LabelOf(thread));
        writer.OpenGauge("serval_worker_endpoints_ejected", "Endpoints that a worker has ejected.");
        foreach (WorkerThread thread in threads)
            writer.Sample(thread.Worker.Counters.EndpointsOut, LabelOf(thread));
        writer.OpenCounter("serval_worker_completions_total", "Ring completions reaped.");
        foreach (WorkerThread thread in threads)
            writer.Sample(thread.Worker.Counters.Read(Counter.Completions), LabelOf(thread));
    }

    private static void WriteSnapshot(MetricsWriter writer, Publisher publisher)
    {
        writer.OpenGauge("serval_snapshot_info", "The version that is live; always 1.");
        if (publisher.Live is { } live) writer.Sample(1, new MetricLabel("version", live.Version));
        writer.Gauge(
            "serval_snapshot_age_seconds", "Time since the live snapshot was applied.", publisher.AgeSeconds);
        writer.Counter("serval_snapshots_applied_total", "Snapshots taken.", publisher.Applied);
        writer.Counter("serval_snapshots_refused_total", "Snapshots refused.", publisher.Refused);
        (long bytes, int count) = publisher.Tables;
        writer.Gauge("serval_snapshot_table_bytes", "Unmanaged memory of compiled snapshots.", bytes);
        writer.OpenGauge("serval_listener_up", "1 while every socket of the listener is open, else 0.");
        foreach ((string listener, bool isUp) in publisher.Listeners)
            writer.Sample(isUp ? 1 : 0, new MetricLabel("listener", listener));
        writer.Gauge("serval_snapshots_held", "Compiled snapshots that are current or still pinned.", count);
    }

    private static MetricLabel LabelOf(WorkerThread thread) =>
        new("worker", thread.Worker.Index.ToString(CultureInfo.InvariantCulture));

    private static string NameOf(Counter counter)
    {
        StringBuilder name = new("serval_");
        foreach (char letter in counter.ToString())
        {
            if (char.IsUpper(letter) && name[^1] != '_') name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.Append("_total").ToString();
    }

    private static string HelpOf(Counter counter) => counter switch
    {
        Counter.ConnectionsAccepted => "Client connections accepted.",
        Counter.ConnectionsClosed => "Client connections closed.",
        Counter.UpstreamConnects => "Connections begun to endpoints.",
        Counter.UpstreamConnectFailures => "Connections to endpoints that failed or timed out.",
        Counter.UpstreamReuses => "Exchanges that took an idle upstream connection: pool hits.",
        Counter.UpstreamCloses => "Upstream connections closed.",
        Counter.Retries => "Attempts beyond the first.",
        Counter.BytesReceivedDownstream => "Bytes received from clients.",
        Counter.BytesSentDownstream => "Bytes sent to clients.",
        Counter.BytesReceivedUpstream => "Bytes received from endpoints.",
        Counter.BytesSentUpstream => "Bytes sent to endpoints.",
        Counter.Turns => "Turns of the workers.",
        Counter.Completions => "Ring completions.",
        Counter.StaleCompletions => "Completions for a connection that had ended.",
        Counter.SnapshotsAdopted => "Snapshots adopted, by all workers together.",
        Counter.AmbiguousHeadersDropped =>
            "Header lines of requests dropped because their name has more than one reading.",
        Counter.LimitBuffers =>
            "Times that no buffer was left, for a receive, a head, a body, a TLS record or an answer.",
        Counter.LimitConnectionSlots => "Times that no connection slot was left.",
        Counter.LimitSnapshotsPinned =>
            "Turns in which a new snapshot waited because too many old ones are pinned.",
        Counter.LimitIdlePerEndpoint => "Upstream connections closed because their pool was full.",
        Counter.LimitLingerBytes =>
            "Clients closed because they sent too much behind an answer that ended their connection.",
        Counter.ReceivesPaused => "Receives paused because the other side is slower.",
        Counter.ReceivesStarved => "Receives that waited for a buffer.",
        Counter.ConnectionsCutForMemory => "Connections cut because memory was short and they the slowest.",
        Counter.ReceivesSmall => "Receives of at most a small buffer because memory was short.",
        Counter.AccessLogDropped => "Access records dropped because their queue was full.",
        Counter.EndpointsEjected => "Times that a worker ejected an endpoint.",
        Counter.EndpointsRestored => "Times that a worker took an ejected endpoint back.",
        Counter.FallbackAttempts =>
            "Attempts at fallback endpoints, because no preferred one of the cluster could be used.",
        Counter.EndpointEventsDropped => "Endpoints that went or came and were not logged.",
        Counter.LimitInFlightPerEndpoint => "Exchanges refused because every endpoint had as many as it may.",
        Counter.LimitRetriesAtOnce =>
            "Failures passed on although their rule asks for another attempt: too many were under way.",
        Counter.LimitHandshakesInProgress =>
            "TLS handshakes ended because too many were in progress and they were the oldest.",
        Counter.LimitTlsMessages =>
            "TLS connections ended because of too many handshake messages behind the handshake.",
        Counter.MirrorsCompleted => "Copies of requests that were answered; the answer is dropped.",
        Counter.MirrorsFailed => "Copies of requests that reached no endpoint, or were not answered.",
        Counter.MirrorsDropped =>
            "Copies of requests given up: the copy was slow, memory was short, or the request was not whole.",
        Counter.LimitMirrorsInFlight =>
            "Copies of requests that were not begun: too many were under way, or slots or memory short.",
        Counter.IdleEvicted => "Idle connections closed because slots ran short.",
        Counter.AcceptErrors => "Accepts that failed.",
        _ => "",
    };
}
