using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

internal sealed partial class Reconciler
{
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
                Task interval = Task.Delay(_options.DriftInterval, _options.Clock, timer.Token);
                await Task.WhenAny(isEvent, interval, transport.Closed).ConfigureAwait(false);
                await timer.CancelAsync().ConfigureAwait(false);
                _stop.ThrowIfCancellationRequested();
                if (transport.Closed.IsCompleted)
                    break;
                await TellEventsAsync(transport).ConfigureAwait(false);
                await CheckAsync(transport, _options.Repair).ConfigureAwait(false);
                await Task.WhenAny(
                    Task.Delay(Limits.DriftPauseMin, _options.Clock, _stop), transport.Closed)
                    .ConfigureAwait(false);
            }

            SetAway(transport, "VPP closed the connection");
        }
        catch (VppException e)
        {
            SetAway(transport, e.Message);
        }
    }

    private async Task CheckAsync(IVppTransport transport, bool mayRepair)
    {
        await _turn.WaitAsync(_stop).ConfigureAwait(false);
        try
        {
            VppState seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            Plan plan = Planner.Build(_desired, _leaving, seen);
            if (plan.IsEmpty)
            {
                ForgetLeaving();
                SetConverged(transport, []);
                return;
            }

            Counters.CountDrift();
            string[] drift = [.. plan.Changes.Select(c => "needed: " + c), .. plan.Blocked];
            if (!_status.Drift.SequenceEqual(drift))
            {
                Events.Publish(EventKind.DriftFound, string.Empty, string.Join("; ", drift.Take(ToldMax)));
                _options.Log($"drift: {string.Join("; ", drift.Take(ToldMax))}");
            }

            if (!mayRepair)
                SetConverged(transport, drift);
            else if (await RepairAsync(transport, seen).ConfigureAwait(false) && plan.Changes.Count > 0)
                Events.Publish(EventKind.DriftRepaired, string.Empty, $"{plan.Changes.Count} changes");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Brings about what was asked for as far as it can be; in turn. True when nothing is left to be
    /// done.</summary>
    private async Task<bool> RepairAsync(IVppTransport transport, VppState seen)
    {
        Plan plan = Planner.Build(_desired, _leaving, seen);
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

        if (plan.Changes.Count > 0)
        {
            seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
        }

        // What VPP refused and did all the same is no problem; what it took and did not do is one.
        Plan rest = Planner.Build(_desired, _leaving, seen);
        if (rest.Changes.Count == 0)
        {
            problems.Clear();
            ForgetLeaving();
            if (plan.Changes.Count > 0)
                _options.Log($"put right by {plan.Changes.Count} changes");
        }

        problems.AddRange(rest.Changes.Select(change => "still needed: " + change));
        problems.AddRange(rest.Blocked);
        SetConverged(transport, problems);
        return rest.Changes.Count == 0;
    }

    /// <summary>Nothing of what was given up is left.</summary>
    private void ForgetLeaving()
    {
        if (ReferenceEquals(_leaving, DesiredState.Empty))
            return;
        try
        {
            Keep(_desired, DesiredState.Empty);
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
        VppState? seen = null;

        // A peer that sends without end does not keep us from looking.
        for (int i = 0; i < Limits.EventsMax && transport.Events.TryRead(out VppEvent? item); i++)
        {
            seen ??= await LookAsync(transport, []).ConfigureAwait(false);
            switch (item)
            {
                case VppEvent.InterfaceChanged changed:
                    string name = seen.Interfaces.FirstOrDefault(i => i.Index == changed.Index)?.Name
                        ?? $"sw_if_index {changed.Index}";
                    EventKind kind = changed.IsDeleted ? EventKind.InterfaceDeleted
                        : changed.IsAdminUp ? EventKind.InterfaceUp : EventKind.InterfaceDown;
                    Events.Publish(kind, name, changed.IsLinkUp ? "link up" : "link down");
                    break;
                case VppEvent.PeerChanged changed:
                    string key = seen.Peers.FirstOrDefault(
                        p => p.PeerIndex == changed.PeerIndex)?.Peer.PublicKey
                        ?? $"peer {changed.PeerIndex}";
                    if (changed.Status == PeerStatus.Established)
                        Events.Publish(EventKind.PeerEstablished, key, string.Empty);
                    else if (changed.Status == PeerStatus.Dead)
                        Events.Publish(EventKind.PeerDead, key, string.Empty);
                    break;
            }
        }
    }

    // A connection that was lost meanwhile has nothing to say about the next one.
    private void SetConverged(IVppTransport transport, IReadOnlyList<string> drift)
    {
        lock (_statusGate)
        {
            if (ReferenceEquals(_status.Transport, transport))
                _status = _status with { IsConverged = drift.Count == 0, Drift = drift };
        }
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

        if (before.Transport is not null)
        {
            _options.Log($"VPP is away: {problem}");
            Events.Publish(EventKind.VppLost, string.Empty, problem);
        }
    }
}
