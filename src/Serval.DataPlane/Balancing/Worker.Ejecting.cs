using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Endpoints that fail: counted, ejected, dialled again on trial without an exchange, taken back when they
// answer. By endpoint, not by cluster or route: whoever shares an endpoint shares what is known of it.
internal sealed partial class Worker<TRing>
{
    /// <summary>What became of endpoints, for the log; one other thread takes.</summary>
    public EndpointEventQueue EndpointEvents { get; } = new();

    // True when the attempt failed only because a kept connection had ended meanwhile, which endpoints may do
    // at any time.
    private bool NoteFailure(ref readonly Exchange exchange, Outcome outcome, int errno)
    {
        if (exchange.Upstream < 0) return false;
        ref Connection connection = ref _connections[exchange.Upstream];
        switch (outcome)
        {
            case Outcome.UpstreamClosed when connection.Has(ConnectionFlags.IsReused):
                return true;
            case Outcome.UpstreamClosed:
                bool isReset = connection.Has(ConnectionFlags.IsSendBroken);
                CountFailure(connection.Origin, connection.Epoch, isReset ? Errno.Connreset : 0);
                return false;
            case Outcome.ConnectFailed or Outcome.ConnectTimedOut when !IsOurs(errno):
                CountFailure(connection.Origin, connection.Epoch, errno);
                return false;
            default:
                return false;
        }
    }

    // What this machine lacks says nothing of the endpoint.
    private static bool IsOurs(int errno) => errno is Errno.Nfile or Errno.Mfile or Errno.Nomem
        or Errno.Nobufs or Errno.Again or Errno.Addrnotavail or Errno.Acces or Errno.Perm or Errno.Inval;

    private void CountFailure(int endpoint, int epoch, int errno)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        bool wasIn = state.Health == EndpointHealth.Healthy;
        if (!Ejection.CountFailure(ref state, epoch, _nowMs, _random.Next())) return;
        Counters.Add(Counter.EndpointsEjected);
        CloseIdle(endpoint);
        if (!wasIn) return;
        Counters.EndpointWentOut(1);
        Tell(endpoint, EndpointEventKind.Ejected, errno, (int)(state.EjectedUntilMs - _nowMs));
    }

    // Called for every response: the first test is all that an endpoint costs that is well.
    private void NoteResponse(ref readonly Connection connection)
    {
        ref EndpointState state = ref _endpoints[connection.Origin];
        if (state.Failures == 0 && state.Health == EndpointHealth.Healthy) return;
        if (!Ejection.CountResponse(ref state, connection.Epoch)) return;
        Counters.Add(Counter.EndpointsRestored);
        Counters.EndpointWentOut(-1);
        Tell(connection.Origin, EndpointEventKind.Restored, 0, 0);
    }

    // Nobody waits for this connection: an endpoint that drops every packet costs no request its time.
    private void DialOnTrial(int endpoint, int timeoutMs)
    {
        if (_connections.Available <= Limits.AcceptsArmed || !_connections.TryLease(out int slot)) return;
        _endpoints[endpoint].Health = EndpointHealth.Dialled;
        Dial(slot, endpoint, timeoutMs);
    }

    private void BeginTrial(int slot)
    {
        ref Connection connection = ref _connections[slot];
        ref EndpointState state = ref _endpoints[connection.Origin];
        if (state.Health == EndpointHealth.Dialled && state.Epoch == connection.Epoch)
            state.Health = EndpointHealth.OnTrial;
        PutIdle(slot);
        if (connection.Role == ConnectionRole.UpstreamIdle) ArmReceive(slot);
    }

    private void EndTrial(int slot, int errno)
    {
        ref Connection connection = ref _connections[slot];
        CountFailure(connection.Origin, connection.Epoch, errno);
        BeginClose(slot);
    }

    private void Retire(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (state.IsRetired) return;
        if (state.Health != EndpointHealth.Healthy)
        {
            Counters.EndpointWentOut(-1);
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
        if (!EndpointEvents.TryPut(in change)) Counters.Add(Counter.EndpointEventsDropped);
    }
}
