using Serval.Grpc;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>Keeps VPP as users asked for. It owns the connection to VPP and the desired state; changes go
/// through it one at a time. A change that fails half way is taken back by planning from what is to what was
/// asked for before.
/// <para>Work on VPP is never cut short by a caller who goes away: a command without its reply costs the
/// connection.</para></summary>
internal sealed partial class Reconciler : IDisposable
{
    // Steps and drift told in one event or log line.
    private const int ToldMax = 20;
    private readonly ReconcilerOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationToken _stop;
    private readonly Lock _statusGate = new();
    private readonly Lock _lookGate = new();
    private Task _lastLook = Task.CompletedTask;
    private Task<VppState>? _nextLook;
    private volatile BridgeStatus _status;
    private volatile DesiredState _desired;
    private volatile VppState _lastSeen = VppState.Empty;
    private DesiredState _leaving;
    private int _waitingCount;

    /// <exception cref="InvalidDataException">The kept state is damaged.</exception>
    public Reconciler(ReconcilerOptions options, CancellationToken stop)
    {
        _options = options;
        _stop = stop;
        Events = new EventHub(options.Clock);
        (_desired, _leaving) = options.File.Load();
        _status = new BridgeStatus(null, options.Clock.GetUtcNow(), "not connected yet", false, []);
    }

    public BridgeStatus Status => _status;

    public DesiredState Desired => _desired;

    public EventHub Events { get; }

    /// <summary>VPP as it was when it was last looked at.</summary>
    public VppState LastSeen => _lastSeen;

    public BridgeCounters Counters { get; } = new();

    /// <summary>The connection, or UNAVAILABLE with the time since when.</summary>
    public IVppTransport RequireTransport()
    {
        BridgeStatus status = _status;
        return status.Transport ?? throw new GrpcException(
            GrpcStatusCode.Unavailable,
                $"VPP is away since {status.Since:yyyy-MM-ddTHH:mm:ssZ}: {status.Problem}");
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Reads VPP as it is now. However many ask, one look runs and one waits: who comes meanwhile
    /// shares the one that waits.</summary>
    public async Task<VppState> ObserveAsync(CancellationToken cancel)
    {
        Task<VppState> look;
        lock (_lookGate)
        {
            _nextLook ??= LookAfterAsync(_lastLook);
            _lastLook = look = _nextLook;
        }

        try
        {
            return await look.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (VppException e)
        {
            throw ToGrpc(e);
        }
    }

    /// <summary>Makes one change, whole or not at all.</summary>
    public async Task<Change> ChangeAsync(ChangeRequest request, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _waitingCount) > Limits.ChangesWaitingMax)
        {
            Interlocked.Decrement(ref _waitingCount);
            throw new GrpcException(
                GrpcStatusCode.ResourceExhausted, "too many changes wait already, try again");
        }

        try
        {
            await _turn.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waitingCount);
        }

        try
        {
            return await ChangeInTurnAsync(request, RequireTransport()).ConfigureAwait(false);
        }
        catch (VppException e)
        {
            throw ToGrpc(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<VppState> LookAfterAsync(Task before)
    {
        await before.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lookGate)
            _nextLook = null;
        return await LookAsync(RequireTransport(), [], withAllAddresses: true).ConfigureAwait(false);
    }

    private async Task<Change> ChangeInTurnAsync(ChangeRequest request, IVppTransport transport)
    {
        DesiredState desired = _desired;
        if (!ReferenceEquals(_leaving, DesiredState.Empty))
        {
            VppState left = await LookAsync(transport, [.. desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            await RepairAsync(transport, left).ConfigureAwait(false);
        }

        string current = desired.VersionOf(request.Key);
        if (request.ResourceVersion.Length > 0 && request.ResourceVersion != current)
        {
            throw new GrpcException(
                GrpcStatusCode.Aborted,
                $"resource_version: it is '{current}' now, not '{request.ResourceVersion}'; read again "
                    + "and retry");
        }

        VppState seen = await LookAsync(transport, [.. desired.Routes()]).ConfigureAwait(false);
        DesiredState next = request.Mutate(desired, seen);
        Plan plan = Planner.Build(next, desired, seen);
        Refuse(plan, desired, seen, transport);
        var change = new Change
        {
            Changed = plan.Changes.Count > 0 || !ReferenceEquals(next, desired),
            ResourceVersion = current,
        };
        change.Steps.AddRange(plan.Changes.Select(step => step.ToString()));
        if (request.DryRun || !change.Changed)
            return change;

        // What could not be taken away so far is not forgotten over this change.
        DesiredState older = _leaving;
        Keep(desired, ReferenceEquals(older, DesiredState.Empty) ? next : older.WithLeaving(next));
        if (!ReferenceEquals(next, desired))
            next = Exists(next, request.Key) ? next.WithVersion(request.Key)
                : next.WithoutVersion(request.Key);
        await ExecuteOrRollBackAsync(plan, next, older, seen, transport).ConfigureAwait(false);
        Counters.CountChange();
        Events.Publish(EventKind.ChangeApplied, request.Key, string.Join("; ", change.Steps.Take(ToldMax)));
        SetConverged(transport, plan.Blocked);
        change.ResourceVersion = next.VersionOf(request.Key);
        return change;
    }

    // What blocked the old wishes is not this caller's fault; what blocks the new one is.
    private static void Refuse(Plan plan, DesiredState desired, VppState seen, IVppTransport transport)
    {
        if (plan.Blocked.Count > 0)
        {
            IReadOnlyList<string> old = Planner.Build(desired, DesiredState.Empty, seen).Blocked;
            if (plan.Blocked.FirstOrDefault(b => !old.Contains(b)) is { } problem)
                throw new GrpcException(GrpcStatusCode.FailedPrecondition, problem);
        }

        foreach (VppChange step in plan.Changes)
        {
            if (transport.FindDanger(step) is { } danger)
                throw new GrpcException(GrpcStatusCode.FailedPrecondition, $"cannot {step}: {danger}");
        }
    }

    private async Task ExecuteOrRollBackAsync(
        Plan plan, DesiredState next, DesiredState older, VppState seen, IVppTransport transport)
    {
        try
        {
            await ExecuteAsync(plan.Changes, seen, transport).ConfigureAwait(false);
            VppState after = await LookAsync(transport, [.. next.Routes(), .. _desired.Routes()])
                .ConfigureAwait(false);
            Plan rest = Planner.Build(next, _desired, after);
            if (rest.Changes.Count > 0)
            {
                throw new VppException(
                    VppFault.Misunderstood, $"VPP took every step, but still lacks: {rest.Changes[0]}");
            }

            Keep(next, older);
        }
        catch (VppException e)
        {
            throw new VppException(e.Fault, $"{e.Message}; {await TakeBackAsync(e, transport)
                .ConfigureAwait(false)}", e);
        }
    }

    /// <summary>Takes back what a change did before it failed, and says how that went.</summary>
    private async Task<string> TakeBackAsync(VppException why, IVppTransport transport)
    {
        const string Later = "what was done so far is taken back when VPP answers again";
        if (why.Fault == VppFault.Away)
            return Later;
        Counters.CountRollback();
        try
        {
            VppState seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            return await RepairAsync(transport, seen).ConfigureAwait(false)
                ? "everything is as it was before"
                : "taking it back did not succeed yet and is tried again";
        }
        catch (VppException e) when (e.Fault == VppFault.Away)
        {
            return $"{Later}: {e.Message}";
        }
    }

    private async Task ExecuteAsync(IReadOnlyList<VppChange> changes, VppState seen, IVppTransport transport)
    {
        var indexes = new VppIndexes(seen);
        foreach (VppChange change in changes)
            await ApplyAsync(transport, change, indexes).ConfigureAwait(false);
    }

    private async Task ApplyAsync(IVppTransport transport, VppChange change, VppIndexes indexes)
    {
        try
        {
            await transport.ApplyAsync(change, indexes, _stop).ConfigureAwait(false);
        }
        catch (VppException e) when (e.Fault == VppFault.Away)
        {
            await AbandonAsync(transport, e.Message).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<VppState> LookAsync(
        IVppTransport transport, IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses = false)
    {
        try
        {
            VppState seen = await transport.ObserveAsync(routes, withAllAddresses, _stop)
                .ConfigureAwait(false);
            _lastSeen = seen;
            return seen;
        }
        catch (VppException e) when (e.Fault == VppFault.Away)
        {
            await AbandonAsync(transport, e.Message).ConfigureAwait(false);
            throw;
        }
    }

    // An answer that cannot be read is the end of the connection: nobody knows what the next one would mean.
    private async Task AbandonAsync(IVppTransport transport, string problem)
    {
        SetAway(transport, problem);
        await transport.DisposeAsync().ConfigureAwait(false);
    }

    private static bool Exists(DesiredState state, string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string name = key[(slash + 1)..];
        return key[..Math.Max(slash, 0)] switch
        {
            "acl" => state.Acls.ContainsKey(name),
            "tunnel" => state.Tunnels.ContainsKey(name),
            "binding" => state.Bindings.ContainsKey(name),
            _ => state.Nat is not null,
        };
    }

    private void Keep(DesiredState desired, DesiredState leaving)
    {
        if (leaving.Tunnels.Count > 2 * Limits.ObjectsMax)
            throw new VppException(VppFault.Unsafe, "too many tunnels that were given up are still in VPP");
        try
        {
            _options.File.Save(desired, leaving);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VppException(
                VppFault.Unsafe, $"the state cannot be kept: {e.Message}; see --state-dir", e);
        }

        _desired = desired;
        _leaving = leaving;
    }

    private static GrpcException ToGrpc(VppException e) => new(
        e.Fault switch
        {
            VppFault.Away => GrpcStatusCode.Unavailable,
            VppFault.Misunderstood => GrpcStatusCode.Aborted,
            _ => GrpcStatusCode.FailedPrecondition,
        },
        e.Message);
}
