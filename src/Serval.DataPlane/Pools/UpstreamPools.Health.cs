using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Pools;

// Endpoints that fail: counted, ejected, dialled again on trial without an exchange, taken back when they
// answer. By endpoint, not by cluster or route: whoever shares an endpoint shares what is known of it.
internal sealed partial class UpstreamPools<TRing>
{
    /// <summary>What became of endpoints, for the log; one other thread takes.</summary>
    public EndpointEventQueue Events { get; } = new();

    /// <summary>
    /// Takes note of an attempt that failed on a connection. True when it failed only because a kept
    /// connection had ended meanwhile, which endpoints may do at any time.
    /// </summary>
    public bool NoteFailure(int slot, Outcome outcome, int errno)
    {
        ref Transport transport = ref _transports[slot];
        ref PooledTransport pooled = ref _pooled[slot];
        switch (outcome)
        {
            case Outcome.UpstreamClosed when pooled.IsReused:
                return true;
            case Outcome.UpstreamClosed:
                bool isReset = transport.Has(TransportFlags.IsSendBroken);
                CountFailure(transport.Origin, pooled.Epoch, isReset ? Errno.Connreset : 0);
                return false;
            case Outcome.UpstreamTlsFailed or Outcome.UpstreamUntrusted:
                CountConnectFailure(slot, Errno.Proto);
                CountFailure(transport.Origin, pooled.Epoch, Errno.Proto);
                return false;
            case Outcome.ConnectFailed or Outcome.ConnectTimedOut when !IsOurs(errno):
                CountFailure(transport.Origin, pooled.Epoch, errno);
                return false;
            default:
                return false;
        }
    }

    /// <summary>
    /// Counts a connection that was not established, for its cluster and its endpoint, and a handshake that
    /// took too long.
    /// </summary>
    public void CountConnectFailure(int slot, int errno)
    {
        if (errno == Errno.Timedout && _transports[slot].State == TransportState.Securing)
            _counters.Handshakes.Fail(isUpstream: true, HandshakeFailure.TimedOut, 0);
        ConnectFailure kind = ConnectFailures.KindOf(errno);
        _counters.Add(Counter.UpstreamConnectFailures);
        _counters.Clusters.FailConnect(_pooled[slot].ClusterSeries, kind);
        _counters.Endpoints?.FailConnect(EndpointRow(_transports[slot].Origin), kind);
    }

    /// <summary>
    /// Takes note of a response. The first test is all that an endpoint costs that is well.
    /// </summary>
    public void NoteResponse(int slot)
    {
        int endpoint = _transports[slot].Origin;
        ref EndpointState state = ref _endpoints[endpoint];
        if (state.Failures == 0 && state.Health == EndpointHealth.Healthy) return;
        if (!Ejection.CountResponse(ref state, _pooled[slot].Epoch)) return;
        _counters.Add(Counter.EndpointsRestored);
        _counters.EndpointWentOut(-1);
        Tell(endpoint, EndpointEventKind.Restored, 0, 0);
    }

    /// <summary>Takes a connection that was dialled on trial and stands, or failed.</summary>
    public void OnConnect(int slot, int result)
    {
        if (result < 0)
        {
            FailTrial(slot, -result);
            return;
        }

        ref Transport transport = ref _transports[slot];
        ref EndpointState state = ref _endpoints[transport.Origin];
        transport.State = TransportState.Open;
        if (state.Health == EndpointHealth.Dialled && state.Epoch == _pooled[slot].Epoch)
            state.Health = EndpointHealth.OnTrial;
        PutIdle(slot);
    }

    private void FailTrial(int slot, int errno)
    {
        CountConnectFailure(slot, errno);
        CountFailure(_transports[slot].Origin, _pooled[slot].Epoch, errno);
        Close(slot);
    }

    // What this machine lacks says nothing of the endpoint.
    private static bool IsOurs(int errno) => errno is Errno.Nfile or Errno.Mfile or Errno.Nomem
        or Errno.Nobufs or Errno.Again or Errno.Addrnotavail or Errno.Acces or Errno.Perm or Errno.Inval;

    private void CountFailure(int endpoint, int epoch, int errno)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        bool wasIn = state.Health == EndpointHealth.Healthy;
        if (!Ejection.CountFailure(ref state, epoch, _clock.NowMs, _random.Bits.Next())) return;
        _counters.Add(Counter.EndpointsEjected);
        CloseIdle(endpoint);
        if (!wasIn) return;
        _counters.EndpointWentOut(1);
        Tell(endpoint, EndpointEventKind.Ejected, errno, (int)(state.EjectedUntilMs - _clock.NowMs));
    }

    // Nobody waits for this connection: an endpoint that drops every packet costs no request its time.
    private void DialOnTrial(int cluster, int endpoint, int timeoutMs)
    {
        if (_transports.Available <= Limits.AcceptsArmed
            || !TryDial(cluster, endpoint, timeoutMs, out int slot))
            return;
        _endpoints[endpoint].Health = EndpointHealth.Dialled;
        _transports[slot].Owner = TransportOwner.Pool;
    }

    private void Retire(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (state.IsRetired) return;
        if (state.Health != EndpointHealth.Healthy)
        {
            _counters.EndpointWentOut(-1);
            Tell(endpoint, EndpointEventKind.Retired, 0, 0);
        }

        state.IsRetired = true;
        state.Health = EndpointHealth.Healthy;
        state.Failures = 0;
        state.Ejections = 0;
        // What is still connected says nothing of the slot's next endpoint.
        state.Epoch++;
    }

    private void Tell(int endpoint, EndpointEventKind kind, int errno, int durationMs)
    {
        EndpointEvent change = new()
        {
            Address = _directory.Addresses[endpoint],
            Kind = kind,
            Errno = errno,
            DurationMs = durationMs,
        };
        if (!Events.TryPut(in change)) _counters.Add(Counter.EndpointEventsDropped);
    }
}
