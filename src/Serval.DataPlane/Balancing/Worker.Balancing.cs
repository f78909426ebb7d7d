using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Stage 6, Balancing: an endpoint for each attempt, and a connection to it: from its pool, or a new one.
internal sealed partial class Worker<TRing>
{
    private void Attempt(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        ReadOnlySpan<int> endpoints = EndpointsOf(exchange.Cluster);
        if (endpoints.IsEmpty)
        {
            AnswerOrAbort(id, Outcome.NoEndpoint);
            return;
        }

        int endpoint = endpoints[
            PowerOfTwoChoices.Choose(endpoints, _endpoints, exchange.Endpoint, _random.Next())];
        exchange.Endpoint = endpoint;
        exchange.Attempts++;
        exchange.Set(ExchangeFlags.IsAtEndpoint);
        ref EndpointState state = ref _endpoints[endpoint];
        if (!state.IsUsed)
            state = new EndpointState { IsUsed = true, IdleHead = -1, Connections = state.Connections };
        state.InFlight++;

        // A second attempt takes a new connection: the pool's others may be as dead as the one that failed.
        if (exchange.Attempts == 1 && state.IdleHead >= 0)
        {
            int idle = state.IdleHead;
            RemoveIdle(idle);
            ref Connection connection = ref _connections[idle];
            connection.Role = ConnectionRole.UpstreamBusy;
            connection.Exchange = id;
            connection.Set(ConnectionFlags.IsReused);
            exchange.Upstream = idle;
            Counters.Add(Counter.UpstreamReuses);
            SendRequest(id);
            return;
        }

        Connect(id, endpoint);
    }

    private ReadOnlySpan<int> EndpointsOf(int cluster)
    {
        int[]?[] clusters = _directory.Clusters;
        return (uint)cluster < (uint)clusters.Length ? clusters[cluster] : default(ReadOnlySpan<int>);
    }

    private void Connect(int id, int endpoint)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (!_connections.TryLease(out int slot))
        {
            Counters.Add(Counter.LimitConnectionSlots);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        ref Connection connection = ref Initialize(slot, ConnectionRole.Connecting);
        connection.Exchange = id;
        connection.Origin = endpoint;
        connection.InFlight = 1;
        connection.ProgressMs = _nowMs;
        connection.Set(ConnectionFlags.IsOpen);
        exchange.Upstream = slot;
        _endpoints[endpoint].Connections++;
        Counters.Add(Counter.UpstreamConnects);
        _ring.Address(slot) = _directory.Addresses[endpoint];
        _ring.Connect(slot, TokenOf(TokenKind.Connect, slot));
        _timers.Set(slot, _nowMs + exchange.ConnectTimeoutMs);
    }

    private void OnConnect(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role != ConnectionRole.Connecting) return;
        int id = connection.Exchange;
        if (result < 0)
        {
            Counters.Add(Counter.UpstreamConnectFailures);
            FailAttempt(id, result == -Errno.Timedout ? Outcome.ConnectTimedOut : Outcome.ConnectFailed);
            return;
        }

        connection.Role = ConnectionRole.UpstreamBusy;
        ArmReceive(slot);
        SendRequest(id);
    }

    // Another attempt where it is safe: nothing was sent, or what was sent may be sent again (RFC 9110
    // §9.2.2).
    private void FailAttempt(int id, Outcome outcome)
    {
        ref Exchange exchange = ref _exchanges[id];
        bool isConnecting = outcome is Outcome.ConnectFailed or Outcome.ConnectTimedOut;
        bool mayRepeat = isConnecting || (outcome == Outcome.UpstreamClosed && MayRepeat(in exchange));
        DetachUpstream(id);
        bool hasOther = !isConnecting || EndpointsOf(exchange.Cluster).Length > 1;
        if (mayRepeat && hasOther && exchange.HeadBuffer >= 0 && exchange.Attempts < Limits.AttemptsMax
            && (exchange.Flags & (ExchangeFlags.IsBodyTaken | ExchangeFlags.IsResponseStarted)) == 0)
        {
            Counters.Add(Counter.Retries);
            Attempt(id);
            return;
        }

        AnswerOrAbort(id, outcome);
    }

    // True while a request that was sent may be sent again: an idle connection may have died on its way, and
    // the method allows it (RFC 9110 §9.2.2). Only then its head is kept.
    private bool MayRepeat(in Exchange exchange) =>
        exchange.Upstream >= 0 && _connections[exchange.Upstream].Has(ConnectionFlags.IsReused)
        && exchange.Has(ExchangeFlags.IsIdempotent);

    // Ends the exchange's use of its upstream connection by closing it.
    private void DetachUpstream(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        LeaveEndpoint(ref exchange);
        int slot = exchange.Upstream;
        exchange.Upstream = -1;
        if (slot < 0) return;
        _connections[slot].Exchange = -1;
        BeginClose(slot);
    }

    private void LeaveEndpoint(ref Exchange exchange)
    {
        if (!exchange.Has(ExchangeFlags.IsAtEndpoint)) return;
        exchange.Unset(ExchangeFlags.IsAtEndpoint);
        _endpoints[exchange.Endpoint].InFlight--;
    }

    // ---- the pool: the most recently used first, so that surplus connections age and go ----

    private void PutIdle(int slot)
    {
        ref Connection connection = ref _connections[slot];
        ref EndpointState state = ref _endpoints[connection.Origin];
        connection.Exchange = -1;
        if (state.IdleCount >= Limits.IdlePerEndpoint || _isDraining || IsRetired(connection.Origin))
        {
            if (state.IdleCount >= Limits.IdlePerEndpoint) Counters.Add(Counter.LimitIdlePerEndpoint);
            BeginClose(slot);
            return;
        }

        connection.Role = ConnectionRole.UpstreamIdle;
        connection.Previous = -1;
        connection.Next = state.IdleHead;
        if (connection.Next >= 0) _connections[connection.Next].Previous = slot;
        state.IdleHead = slot;
        state.IdleCount++;
        _timers.Set(slot, _nowMs + _options.Timeouts.UpstreamIdleMs);
    }

    private void RemoveIdle(int slot)
    {
        ref Connection connection = ref _connections[slot];
        ref EndpointState state = ref _endpoints[connection.Origin];
        if (connection.Previous >= 0) _connections[connection.Previous].Next = connection.Next;
        else state.IdleHead = connection.Next;
        if (connection.Next >= 0) _connections[connection.Next].Previous = connection.Previous;
        connection.Next = -1;
        connection.Previous = -1;
        state.IdleCount--;
    }

    private bool IsRetired(int endpoint) => Array.IndexOf(_directory.Retired, endpoint) >= 0;

    private void CloseIdle(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (!state.IsUsed) return;
        while (state.IdleHead >= 0)
        {
            int slot = state.IdleHead;
            RemoveIdle(slot);
            BeginClose(slot);
        }
    }
}
