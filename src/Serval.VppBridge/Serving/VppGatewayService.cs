using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Serving;

/// <summary><c>serval.vpp.v1.VppGateway</c>: every method reads its request, asks the reconciler, writes the
/// answer. Thread: any.</summary>
internal sealed partial class VppGatewayService(
    Reconciler reconciler, StatsSampler stats, KeyFiles keys, TimeProvider clock) : VppGateway.VppGatewayBase
{
    private static readonly TimeSpan WatchIntervalDefault = TimeSpan.FromSeconds(5);

    // The answer about all interfaces is the same until the next sample; nobody changes it once it is here.
    private volatile StatsAnswer? _allStats;

    /// <inheritdoc/>
    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context)
    {
        IVppTransport transport = reconciler.RequireTransport();
        BridgeStatus status = reconciler.Status;
        var response = new GetVersionResponse
        {
            VppVersion = transport.Identity.Version,
            VppPid = transport.Identity.Pid,
            Transport = transport.Name,
            Converged = status.IsConverged,
            ConnectedSince = Timestamp.FromDateTimeOffset(status.Since),
            BridgeVersion = typeof(VppGatewayService).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
        };
        response.Drift.AddRange(status.Drift.Take(100));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<GetStatsResponse> GetStats(GetStatsRequest request, ServerCallContext context) =>
        Task.FromResult(ReadStats(request));

    private GetStatsResponse ReadStats(GetStatsRequest request)
    {
        TimeSpan window = request.Window?.ToTimeSpan() ?? TimeSpan.FromSeconds(10);
        if (window < TimeSpan.FromSeconds(1) || window > TimeSpan.FromSeconds(60))
            throw Require.Invalid("window", "is 1 s to 60 s");
        IVppTransport transport = reconciler.RequireTransport();
        IReadOnlyList<StatsSample> samples = stats.Samples;
        if (samples.Count == 0)
            throw GrpcFault.Of(
                StatusCode.Unavailable, "no counters were read yet; try again in a second");
        StatsSample last = samples[^1];
        StatsAnswer? ready = _allStats;
        bool isAll = request.Interfaces.Count == 0;
        if (isAll && ready is not null && ReferenceEquals(ready.Of, last) && ready.Window == window
            && ready.HasRules == request.AclRules)
            return ready.Response;
        var response = new GetStatsResponse
        {
            CollectedAt = Timestamp.FromDateTimeOffset(last.At),
            Source = last.Source,
        };
        IEnumerable<string> names = request.Interfaces.Count > 0
            ? request.Interfaces
            : last.Interfaces.Keys.Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!last.Interfaces.ContainsKey(name))
                throw GrpcFault.Of(
                    StatusCode.NotFound, $"interfaces: VPP has no interface named '{name}'");
            response.Interfaces.Add(
                StatsWriting.Interface(last.Interfaces[name], StatsRates.Compute(samples, name, window)));
        }

        if (request.AclRules)
            response.Acls.AddRange(StatsWriting.Acls(
                last, reconciler.LastSeen, transport.HasRuleCounters));
        if (isAll)
            _allStats = new StatsAnswer(last, window, request.AclRules, response);
        return response;
    }

    /// <inheritdoc/>
    public override async Task WatchStats(
        WatchStatsRequest request, IServerStreamWriter<GetStatsResponse> responseStream,
        ServerCallContext context)
    {
        TimeSpan interval = request.Interval?.ToTimeSpan() ?? WatchIntervalDefault;
        if (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromHours(1))
            throw Require.Invalid("interval", "is 1 s to 1 h");
        using var timer = new PeriodicTimer(interval, clock);
        GetStatsRequest asked = request.Stats ?? new GetStatsRequest();
        CancellationToken cancel = context.CancellationToken;
        do
            await responseStream.WriteAsync(ReadStats(asked), cancel).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override async Task WatchEvents(
        WatchEventsRequest request, IServerStreamWriter<Event> responseStream, ServerCallContext context)
    {
        using EventSubscription events = reconciler.Events.Subscribe();
        while (true)
        {
            Event item = await events.ReadAsync(context.CancellationToken).ConfigureAwait(false);
            await responseStream.WriteAsync(item, context.CancellationToken).ConfigureAwait(false);
        }
    }

    private sealed record StatsAnswer(
        StatsSample Of, TimeSpan Window, bool HasRules, GetStatsResponse Response);
}
