using Google.Protobuf.WellKnownTypes;
using Serval.Grpc;
using Serval.Grpc.Serving;
using Serval.Vpp.V1;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Serving;

/// <summary><c>serval.vpp.v1.VppGateway</c>: every method reads its request, asks the reconciler, writes the
/// answer. Thread: any.</summary>
internal sealed partial class VppGatewayService(
    Reconciler reconciler, StatsSampler stats, KeyFiles keys, TimeProvider clock)
{
    private static readonly TimeSpan WatchIntervalDefault = TimeSpan.FromSeconds(5);

    // The answer about all interfaces is the same until the next sample; nobody changes it once it is here.
    private volatile StatsAnswer? _allStats;

    public GrpcService Build() => new GrpcService(VppGatewayReflection.Descriptor.Services[0])
        .Unary("GetVersion", GetVersionRequest.Parser, (_, _) => Task.FromResult(GetVersion()))
        .Unary("GetInterfaces", GetInterfacesRequest.Parser, GetInterfacesAsync)
        .Unary("CreateTunnel", CreateTunnelRequest.Parser, CreateTunnelAsync)
        .Unary("DeleteTunnel", DeleteTunnelRequest.Parser, DeleteTunnelAsync)
        .Unary("ListTunnels", ListTunnelsRequest.Parser, ListTunnelsAsync)
        .Unary("AddTunnelPeer", AddTunnelPeerRequest.Parser, AddTunnelPeerAsync)
        .Unary("RemoveTunnelPeer", RemoveTunnelPeerRequest.Parser, RemoveTunnelPeerAsync)
        .Unary("ApplyAcl", ApplyAclRequest.Parser, ApplyAclAsync)
        .Unary("ListAcls", ListAclsRequest.Parser, ListAclsAsync)
        .Unary("DeleteAcl", DeleteAclRequest.Parser, DeleteAclAsync)
        .Unary("BindAcls", BindAclsRequest.Parser, BindAclsAsync)
        .Unary("SetSourceNat", SetSourceNatRequest.Parser, SetSourceNatAsync)
        .Unary("GetSourceNat", GetSourceNatRequest.Parser, (_, _) => Task.FromResult(GetSourceNat()))
        .Unary("GetStats", GetStatsRequest.Parser, (request, _) => Task.FromResult(GetStats(request)))
        .ServerStream<WatchStatsRequest, GetStatsResponse>(
            "WatchStats", WatchStatsRequest.Parser, WatchStatsAsync)
        .ServerStream<WatchEventsRequest, Event>("WatchEvents", WatchEventsRequest.Parser, WatchEventsAsync);

    private GetVersionResponse GetVersion()
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
        return response;
    }

    private GetStatsResponse GetStats(GetStatsRequest request)
    {
        TimeSpan window = request.Window?.ToTimeSpan() ?? TimeSpan.FromSeconds(10);
        if (window < TimeSpan.FromSeconds(1) || window > TimeSpan.FromSeconds(60))
            throw Require.Invalid("window", "is 1 s to 60 s");
        IVppTransport transport = reconciler.RequireTransport();
        IReadOnlyList<StatsSample> samples = stats.Samples;
        if (samples.Count == 0)
            throw new GrpcException(
                GrpcStatusCode.Unavailable, "no counters were read yet; try again in a second");
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
                throw new GrpcException(
                    GrpcStatusCode.NotFound, $"interfaces: VPP has no interface named '{name}'");
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

    private async Task WatchStatsAsync(
        WatchStatsRequest request, ResponseStream<GetStatsResponse> responses, GrpcCall call)
    {
        TimeSpan interval = request.Interval?.ToTimeSpan() ?? WatchIntervalDefault;
        if (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromHours(1))
            throw Require.Invalid("interval", "is 1 s to 1 h");
        using var timer = new PeriodicTimer(interval, clock);
        do
            await responses.WriteAsync(GetStats(request.Stats ?? new GetStatsRequest()), call.Cancel)
                .ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(call.Cancel).ConfigureAwait(false));
    }

    private async Task WatchEventsAsync(
        WatchEventsRequest request, ResponseStream<Event> responses, GrpcCall call)
    {
        using EventSubscription events = reconciler.Events.Subscribe();
        while (true)
        {
            Event item = await events.ReadAsync(call.Cancel).ConfigureAwait(false);
            await responses.WriteAsync(item, call.Cancel).ConfigureAwait(false);
        }
    }

    private sealed record StatsAnswer(
        StatsSample Of, TimeSpan Window, bool HasRules, GetStatsResponse Response);
}
