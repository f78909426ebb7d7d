using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

internal sealed partial class Reconciler
{
    private const string WaitsForStart =
        "VPP's start-up configuration has not run yet; nothing is made before";

    private bool _hasStarted;
    private string? _tunnelProblem;
    private TimeSpan _lastLookTook;

    /// <summary>Connects, puts everything back, looks for drift; again and again until stopped.</summary>
    public async Task RunAsync()
    {
        TimeSpan pause = _options.ReconnectPauseMin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using IVppTransport transport = await _options.Connect(_stop).ConfigureAwait(false);
                pause = _options.ReconnectPauseMin;
                await ServeAsync(transport).ConfigureAwait(false);
            }
            catch (VppException e)
            {
                SetAway(null, e.Message);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A bridge that gave up here would look alive and put nothing back.
                SetAway(null, $"{e.GetType().Name}: {e.Message}");
            }

            try
            {
                await Task.Delay(pause, _options.Clock, _stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, Limits.ReconnectPauseMax.Ticks));
        }
    }

    private async Task ServeAsync(IVppTransport transport)
    {
        Counters.CountConnect();
        _options.Log($"connected to VPP {transport.Identity.Version} pid {transport.Identity.Pid} by "
            + $"{transport.Name}");
        lock (_statusGate)
        {
            _status = new BridgeStatus(
                transport, _options.Clock.GetUtcNow(), string.Empty, false, ["not looked at yet"]);
        }

        StatusChanged?.Invoke();
        (_hasStarted, _tunnelProblem, _lastLookTook) = (false, null, TimeSpan.Zero);

        Events.Publish(EventKind.VppConnected, string.Empty,
            $"VPP {transport.Identity.Version}, {transport.Name}");
        try
        {
            await CheckAsync(transport, mayRepair: true).ConfigureAwait(false);
            Task<bool>? isEvent = null;
            while (!transport.Closed.IsCompleted)
            {
                // One waiter at a time: it stays when the interval comes first.
                if (isEvent is null or { IsCompleted: true })
                    isEvent = transport.Events.WaitToReadAsync(_stop).AsTask();
                using var timer = CancellationTokenSource.CreateLinkedTokenSource(_stop);
                Task interval = Task.Delay(NextLookIn(), _options.Clock, timer.Token);
                await Task.WhenAny(isEvent, interval, transport.Closed).ConfigureAwait(false);
                await timer.CancelAsync().ConfigureAwait(false);
                _stop.ThrowIfCancellationRequested();
                if (transport.Closed.IsCompleted)
                    break;
                await TellEventsAsync(transport).ConfigureAwait(false);
                await CheckAsync(transport, _options.Repair).ConfigureAwait(false);
                Counters.CountLook();
                await Task.WhenAny(
                    Task.Delay(LookPause(), _options.Clock, _stop), transport.Closed)
                    .ConfigureAwait(false);
            }

            SetAway(transport, "VPP closed the connection");
        }
        catch (VppException e)
        {
            SetAway(transport, e.Message);
        }
    }

    // A flood of events is one look.
    private TimeSpan LookPause() => Limits.DriftPauseMin < _options.UnsettledLookInterval
        ? Limits.DriftPauseMin : _options.UnsettledLookInterval;

    /// <summary>While anything is missing, and for a while after connecting, interfaces are still being made
    /// and every second counts. Otherwise looks are rarer, and a look takes a bounded share of the
    /// time.</summary>
    private TimeSpan NextLookIn()
    {
        BridgeStatus status = _status;
        bool isSettled = status.IsConverged
            && _options.Clock.GetUtcNow() - status.Since > Limits.SettleTime;
        TimeSpan least = isSettled ? Limits.LookInterval : _options.UnsettledLookInterval;
        TimeSpan share = _lastLookTook * (isSettled ? Limits.LookShare : 1);
        TimeSpan wait = share > least ? share : least;
        return wait < Limits.LookIntervalMax || !isSettled ? wait : Limits.LookIntervalMax;
    }

    private async Task CheckAsync(IVppTransport transport, bool mayRepair)
    {
        await _turn.WaitAsync(_stop).ConfigureAwait(false);
        try
        {
            if (!await HasStartedAsync(transport).ConfigureAwait(false))
            {
                SetConverged(transport, [WaitsForStart]);
                return;
            }

            if (mayRepair && (_desired.Tunnels.Count > 0 || _leaving.Tunnels.Count > 0))
                await CheckTunnelsAsync(transport).ConfigureAwait(false);
            long start = _options.Clock.GetTimestamp();
            VppState seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            _lastLookTook = _options.Clock.GetElapsedTime(start);
            if (mayRepair && seen.Tunnels.Any(ProbeTunnel.IsLeft))
            {
                await CheckTunnelsAsync(transport).ConfigureAwait(false);
                seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                    .ConfigureAwait(false);
            }

            _made = _made.Seen(seen, transport.Identity.Pid);
            Plan plan = Planner.Build(_desired, _leaving, seen, _made);
            if (plan.Changes.Count == 0)
                ForgetLeaving(seen);
            if (plan.IsEmpty)
            {
                _made = _made.WithPeersInPlace(_desired);
                SetConverged(transport, []);
                return;
            }

            Counters.CountDrift();
            string[] drift = plan.Describe();
            if (!_status.Drift.SequenceEqual(drift))
            {
                Events.Publish(EventKind.DriftFound, string.Empty, string.Join("; ", drift.Take(ToldMax)));
                _options.Log($"drift: {string.Join("; ", drift.Take(ToldMax))}");
            }

            SetConverged(transport, drift);
            if (mayRepair && plan.Changes.Count > 0
                && await RepairAsync(transport, seen, scope: null).ConfigureAwait(false))
                Events.Publish(EventKind.DriftRepaired, string.Empty, $"{plan.Changes.Count} changes");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>VPP runs its start-up configuration after its sockets accept, and that can refer to ACLs by
    /// number. Nothing is made before it has run: what we made could get a number that it means.</summary>
    private async Task<bool> HasStartedAsync(IVppTransport transport)
    {
        if (_hasStarted)
            return true;
        try
        {
            _hasStarted = await transport.HasStartedAsync(_stop).ConfigureAwait(false);
        }
        catch (VppException e) when (e.Fault == VppFault.Away)
        {
            await AbandonAsync(transport, e.Message).ConfigureAwait(false);
            throw;
        }

        return _hasStarted;
    }

    private async Task RequireStartedAsync(IVppTransport transport)
    {
        if (!await HasStartedAsync(transport).ConfigureAwait(false))
            throw new VppException(VppFault.Away, WaitsForStart);
    }

    private async Task CheckTunnelsAsync(IVppTransport transport)
    {
        try
        {
            _tunnelProblem = await transport.CheckTunnelsAsync(_stop).ConfigureAwait(false);
        }
        catch (VppException e) when (e.Fault == VppFault.Away)
        {
            await AbandonAsync(transport, e.Message).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes away what was given up before, so that it is not in the way of the next
    /// change.</summary>
    private async Task RepairLeftoversAsync(IVppTransport transport)
    {
        VppState left = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
            .ConfigureAwait(false);
        await RepairAsync(transport, left, PlanScope.OfLeaving(_leaving)).ConfigureAwait(false);
    }

    /// <summary>Brings about what was asked for as far as it can be; in turn. True when nothing is left to be
    /// done.</summary>
    private async Task<bool> RepairAsync(IVppTransport transport, VppState seen, PlanScope? scope)
    {
        Plan plan = Planner.Build(_desired, _leaving, seen, _made, scope);
        KeepNat(plan);
        List<string> problems = await ApplyAllAsync(transport, plan, seen).ConfigureAwait(false);
        if (plan.Changes.Count > 0)
        {
            seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
        }

        // What VPP refused and did all the same is no problem; what it took and did not do is one.
        Plan rest = Planner.Build(_desired, _leaving, seen, _made, scope);
        if (rest.Changes.Count == 0)
        {
            problems.Clear();
            ForgetLeaving(seen);
            if (plan.Changes.Count > 0)
                _options.Log($"put right by {plan.Changes.Count} changes");
        }

        Plan whole = scope is null ? rest : Planner.Build(_desired, _leaving, seen, _made);
        SetConverged(transport, [
            .. problems, .. whole.Changes.Select(change => "still needed: " + change),
            .. whole.Blocked.Select(b => b.Problem)]);
        return rest.Changes.Count == 0;
    }

    private async Task<List<string>> ApplyAllAsync(IVppTransport transport, Plan plan, VppState seen)
    {
        var problems = new List<string>();
        var indexes = new VppIndexes(seen);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (VppChange change in plan.Changes)
        {
            if (SubjectOf(change) is { } subject && failed.Contains(subject))
                continue;
            try
            {
                if (transport.FindDanger(change) is { } danger)
                    throw new VppException(VppFault.Unsafe, $"cannot {change}: {danger}");
                await ApplyAsync(transport, change, indexes).ConfigureAwait(false);
                Counters.CountRepair();
            }
            catch (VppException e) when (e.Fault != VppFault.Away)
            {
                // One object that cannot be put back does not hold up the others, but its own later steps
                // wait.
                problems.Add(e.Message);
                if (SubjectOf(change) is { } own)
                    failed.Add(own);
            }
        }

        return problems;
    }

    // Written before VPP is touched, so that a bridge that dies meanwhile knows what it added.
    private void KeepNat(Plan plan)
    {
        Provenance made = _made.WithNat(plan.Changes);
        if (ReferenceEquals(made, _made))
            return;
        try
        {
            Keep(_desired, _leaving, made);
        }
        catch (VppException e)
        {
            // The repair is worth more than knowing what to take away once.
            _made = made;
            _options.Log(e.Message);
        }
    }

    /// <summary>Forgets what was given up once nothing of it is left.</summary>
    private void ForgetLeaving(VppState seen)
    {
        if (ReferenceEquals(_leaving, DesiredState.Empty)
            || Planner.Build(_desired, _leaving, seen, _made).Changes.Count
                != Planner.Build(_desired, DesiredState.Empty, seen, _made).Changes.Count)
            return;
        try
        {
            Keep(_desired, DesiredState.Empty, _made);
        }
        catch (VppException e)
        {
            // It is looked for once more at the next change, and is not there.
            _options.Log(e.Message);
        }
    }

    private static string? SubjectOf(VppChange change) => change switch
    {
        VppChange.CreateTunnel create => create.Tunnel.InterfaceName,
        VppChange.DeleteTunnel delete => delete.Interface,
        VppChange.AddAddress add => add.Interface,
        VppChange.SetAclLists lists => lists.Interface,
        VppChange.SetUp up => up.Interface,
        VppChange.AddPeer add => add.Interface,
        VppChange.RemovePeer remove => remove.Interface,
        VppChange.AddRoute add => add.Interface,
        VppChange.RemoveRoute remove => remove.Interface,
        _ => null,
    };

    private async Task TellEventsAsync(IVppTransport transport)
    {
        // An interface that was deleted has its name in the look before only.
        VppState before = _lastSeen;
        VppState? seen = null;

        // A peer that sends without end does not keep us from looking.
        for (int i = 0; i < Limits.EventsMax && transport.Events.TryRead(out VppEvent? item); i++)
        {
            seen ??= await LookAsync(transport, []).ConfigureAwait(false);
            switch (item)
            {
                case VppEvent.InterfaceChanged changed:
                    VppInterface? over = changed.IsDeleted
                        ? FindInterface(before, changed.Index) ?? FindInterface(seen, changed.Index)
                        : FindInterface(seen, changed.Index) ?? FindInterface(before, changed.Index);
                    EventKind kind = changed.IsDeleted ? EventKind.InterfaceDeleted
                        : changed.IsAdminUp ? EventKind.InterfaceUp : EventKind.InterfaceDown;
                    Events.Publish(
                        kind, over?.Name ?? $"sw_if_index {changed.Index}",
                        changed.IsLinkUp ? "link up" : "link down");
                    break;
                case VppEvent.PeerChanged changed:
                    string key = (PeerOf(seen, changed.PeerIndex) ?? PeerOf(before, changed.PeerIndex))
                        ?.Peer.PublicKey ?? $"peer {changed.PeerIndex}";
                    if (changed.Status == PeerStatus.Established)
                        Events.Publish(EventKind.PeerEstablished, key, string.Empty);
                    else if (changed.Status == PeerStatus.Dead)
                        Events.Publish(EventKind.PeerDead, key, string.Empty);
                    break;
            }
        }
    }

    private static VppInterface? FindInterface(VppState state, uint index) =>
        state.Interfaces.FirstOrDefault(i => i.Index == index);

    private static VppPeer? PeerOf(VppState state, uint index) =>
        state.Peers.FirstOrDefault(p => p.PeerIndex == index);

    // A connection that was lost meanwhile has nothing to say about the next one.
    private void SetConverged(IVppTransport transport, IReadOnlyList<string> drift)
    {
        if (_tunnelProblem is { } problem && _desired.Tunnels.Count > 0)
            drift = [problem, .. drift];
        lock (_statusGate)
        {
            if (ReferenceEquals(_status.Transport, transport))
                _status = _status with { IsConverged = drift.Count == 0, Drift = drift };
        }

        StatusChanged?.Invoke();
    }

    /// <summary>Says that <paramref name="of"/> is lost; null for whatever connection there is.</summary>
    private void SetAway(IVppTransport? of, string problem)
    {
        BridgeStatus before;
        lock (_statusGate)
        {
            before = _status;
            if (of is not null && !ReferenceEquals(of, before.Transport))
                return;
            DateTimeOffset since = before.Transport is null ? before.Since : _options.Clock.GetUtcNow();
            _status = new BridgeStatus(null, since, problem, false, before.Drift);
        }

        StatusChanged?.Invoke();

        if (before.Transport is not null)
        {
            _options.Log($"VPP is away: {problem}");
            Events.Publish(EventKind.VppLost, string.Empty, problem);
        }
    }
}
