using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

internal sealed partial class Reconciler
{
    /// <summary>Connects, puts everything back, looks for drift; again and again until stopped.</summary>
    public async Task RunAsync()
    {
        TimeSpan pause = Limits.ReconnectPauseMin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using IVppTransport transport = await _options.Connect(_stop).ConfigureAwait(false);
                pause = Limits.ReconnectPauseMin;
                await ServeAsync(transport).ConfigureAwait(false);
            }
            catch (VppException e)
            {
                SetAway(e.Message);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
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
        _status = new BridgeStatus(
            transport, _options.Clock.GetUtcNow(), string.Empty, false, ["not looked at yet"]);
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
            }

            SetAway("VPP closed the connection");
        }
        catch (VppException e)
        {
            SetAway(e.Message);
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
                SetConverged([]);
                return;
            }

            Counters.CountDrift();
            string[] drift = [.. plan.Changes.Select(c => "needed: " + c), .. plan.Blocked];
            if (!_status.Drift.SequenceEqual(drift))
            {
                Events.Publish(EventKind.DriftFound, string.Empty, string.Join("; ", drift.Take(20)));
                _options.Log($"drift: {string.Join("; ", drift.Take(20))}");
            }

            if (!mayRepair)
                SetConverged(drift);
            else if (await RepairAsync(transport).ConfigureAwait(false) && plan.Changes.Count > 0)
                Events.Publish(EventKind.DriftRepaired, string.Empty, $"{plan.Changes.Count} changes");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Brings about what was asked for as far as it can be; in turn. True when all of it is in
    /// place.</summary>
    private async Task<bool> RepairAsync(IVppTransport transport)
    {
        VppState seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
            .ConfigureAwait(false);
        Plan plan = Planner.Build(_desired, _leaving, seen);
        var problems = new List<string>(plan.Blocked);
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
                await transport.ApplyAsync(change, indexes, _stop).ConfigureAwait(false);
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
            VppState after = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            if (problems.Count == 0)
                problems.AddRange(
                    Planner.Build(_desired, _leaving, after).Changes.Select(c => "still needed: " + c));
        }

        if (plan.Changes.Count > 0 && problems.Count == 0)
            _options.Log($"put right by {plan.Changes.Count} changes");
        if (problems.Count == 0 && !ReferenceEquals(_leaving, DesiredState.Empty))
            Keep(_desired, DesiredState.Empty);
        SetConverged(problems);
        return problems.Count == 0;
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
        while (transport.Events.TryRead(out VppEvent? item))
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

    private void SetConverged(IReadOnlyList<string> drift) =>
        _status = _status with { IsConverged = drift.Count == 0, Drift = drift };

    private void SetAway(string problem)
    {
        BridgeStatus before = _status;
        if (before.Transport is not null)
        {
            _options.Log($"VPP is away: {problem}");
            Events.Publish(EventKind.VppLost, string.Empty, problem);
        }

        DateTimeOffset since = before.Transport is null ? before.Since : _options.Clock.GetUtcNow();
        _status = new BridgeStatus(null, since, problem, false, before.Drift);
    }
}
