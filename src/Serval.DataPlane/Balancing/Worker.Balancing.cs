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

        int endpoint = ChooseEndpoint(in exchange, endpoints);
        if (endpoint == EndpointChoice.None)
        {
            Counters.Add(Counter.LimitInFlightPerEndpoint);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        exchange.Endpoint = endpoint;
        exchange.Attempts++;
        exchange.Set(ExchangeFlags.IsAtEndpoint);
        ref EndpointState state = ref _endpoints[endpoint];
        if (!state.IsUsed)
            state = state with { IsUsed = true, IdleHead = -1 };
        state.InFlight++;

        if (state.IdleHead >= 0 && MayReuse(in exchange))
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

    // Where one kept connection had ended, the others may have too; and the last attempt takes no risk.
    private static bool MayReuse(ref readonly Exchange exchange) =>
        exchange.Attempts < Limits.AttemptsMax
        && !(exchange.Has(ExchangeFlags.WasStale) && exchange.Endpoint == exchange.Failed);

    private int ChooseEndpoint(ref readonly Exchange exchange, ReadOnlySpan<int> endpoints)
    {
        EndpointChoice choice = new(endpoints, _endpoints)
        {
            Failed = exchange.Failed,
            FailedBefore = exchange.FailedBefore,
            MayReturn = exchange.Has(ExchangeFlags.WasStale),
            IsRepeatable = exchange.Has(ExchangeFlags.IsIdempotent)
                && exchange.Has(ExchangeFlags.IsRequestDone),
            InFlightMax = Math.Min(Limits.InFlightPerEndpoint, _connections.Capacity / 4),
            NowMs = _nowMs,
        };
        int endpoint = choice.Choose(ref _random);
        if (choice.Due >= 0) DialOnTrial(choice.Due, exchange.ConnectTimeoutMs);
        return endpoint;
    }

    private ReadOnlySpan<int> EndpointsOf(int cluster)
    {
        int[]?[] clusters = _directory.Clusters;
        return (uint)cluster < (uint)clusters.Length ? clusters[cluster] : default(ReadOnlySpan<int>);
    }

    private void Connect(int id, int endpoint)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (_connections.Available < Math.Min(Limits.ConnectionSlotsLow, _connections.Capacity / 16))
            EvictIdle(1);
        if (!_connections.TryLease(out int slot))
        {
            Counters.Add(Counter.LimitConnectionSlots);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        exchange.Upstream = slot;
        Dial(slot, endpoint, exchange.ConnectTimeoutMs).Exchange = id;
    }

    private ref Connection Dial(int slot, int endpoint, int timeoutMs)
    {
        ref Connection connection = ref Initialize(slot, ConnectionRole.Connecting);
        connection.Origin = endpoint;
        connection.Epoch = _endpoints[endpoint].Epoch;
        connection.InFlight = 1;
        connection.ProgressMs = _nowMs;
        connection.Set(ConnectionFlags.IsOpen);
        _endpoints[endpoint].Connections++;
        Counters.Add(Counter.UpstreamConnects);
        _ring.Address(slot) = _directory.Addresses[endpoint];
        _ring.Connect(slot, TokenOf(TokenKind.Connect, slot));
        _timers.Set(slot, _nowMs + timeoutMs);
        return ref connection;
    }

    private void OnConnect(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role != ConnectionRole.Connecting) return;
        if (result < 0)
        {
            FailConnect(slot, -result);
            return;
        }

        int id = connection.Exchange;
        if (id < 0)
        {
            BeginTrial(slot);
            return;
        }

        connection.Role = ConnectionRole.UpstreamBusy;
        ArmReceive(slot);
        SendRequest(id);
    }

    private void FailConnect(int slot, int errno)
    {
        ref Connection connection = ref _connections[slot];
        Counters.Add(Counter.UpstreamConnectFailures);
        if (connection.Exchange < 0) EndTrial(slot, errno);
        else FailAttempt(connection.Exchange,
            errno == Errno.Timedout ? Outcome.ConnectTimedOut : Outcome.ConnectFailed, errno);
    }

    // Another attempt where it is safe: nothing was sent, or what was sent may be sent again (RFC 9110
    // §9.2.2): to the same endpoint only if it had closed a kept connection, as it may at any time.
    private void FailAttempt(int id, Outcome outcome, int errno = 0)
    {
        ref Exchange exchange = ref _exchanges[id];
        bool isConnecting = outcome is Outcome.ConnectFailed or Outcome.ConnectTimedOut;
        bool mayRepeat = isConnecting || (outcome == Outcome.UpstreamClosed && MayRepeat(in exchange));
        bool isStale = NoteFailure(in exchange, outcome, errno);
        DetachUpstream(id);
        (exchange.FailedBefore, exchange.Failed) = (exchange.Failed, exchange.Endpoint);
        exchange.Unset(ExchangeFlags.WasStale);
        if (isStale) exchange.Set(ExchangeFlags.WasStale);
        bool hasOther = EndpointsOf(exchange.Cluster).Length > 1;
        if (mayRepeat && (hasOther || isStale) && exchange.HeadBuffer >= 0
            && exchange.Attempts < Limits.AttemptsMax
            && (exchange.Flags & (ExchangeFlags.IsBodyTaken | ExchangeFlags.IsResponseStarted)) == 0)
        {
            Counters.Add(Counter.Retries);
            Attempt(id);
            return;
        }

        AnswerOrAbort(id, outcome);
    }

    // True while a request that was sent may be sent again: the method allows it (RFC 9110 §9.2.2), and an
    // idle connection may have died on its way or another endpoint may do better. Only then its head is kept.
    private bool MayRepeat(in Exchange exchange) =>
        exchange.Upstream >= 0 && exchange.Has(ExchangeFlags.IsIdempotent)
        && (_connections[exchange.Upstream].Has(ConnectionFlags.IsReused)
            || EndpointsOf(exchange.Cluster).Length > 1);

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
        bool isOutdated = state.IsRetired || connection.Epoch != state.Epoch;
        if (state.IdleCount >= Limits.IdlePerEndpoint || _isDraining || isOutdated)
        {
            if (state.IdleCount >= Limits.IdlePerEndpoint) Counters.Add(Counter.LimitIdlePerEndpoint);
            BeginClose(slot);
            return;
        }

        connection.Role = ConnectionRole.UpstreamIdle;
        JoinIdle(slot);
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
        LeaveIdle(slot);
        if (connection.Previous >= 0) _connections[connection.Previous].Next = connection.Next;
        else state.IdleHead = connection.Next;
        if (connection.Next >= 0) _connections[connection.Next].Previous = connection.Previous;
        connection.Next = -1;
        connection.Previous = -1;
        state.IdleCount--;
    }

    // Retired slots are few, and a slot that is given to another endpoint is in this list no more.
    private void AdoptDirectory(EndpointDirectory directory)
    {
        foreach (int endpoint in _directory.Retired) _endpoints[endpoint].IsRetired = false;
        _directory = directory;
        foreach (int endpoint in directory.Retired)
        {
            Retire(endpoint);
            CloseIdle(endpoint);
        }

        Volatile.Write(ref _adoptedDirectory, directory.Sequence);
    }

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
