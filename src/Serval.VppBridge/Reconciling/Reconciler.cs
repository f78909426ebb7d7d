using Grpc.Core;
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
    private Provenance _made;
    private int _waitingCount;

    /// <exception cref="InvalidDataException">The kept state is damaged.</exception>
    public Reconciler(ReconcilerOptions options, CancellationToken stop)
    {
        _options = options;
        _stop = stop;
        Events = new EventHub(options.Clock);
        (_desired, _leaving, _made) = options.File.Load();
        _status = new BridgeStatus(null, options.Clock.GetUtcNow(), "not connected yet", false, []);
    }

    public BridgeStatus Status => _status;

    /// <summary>Raised after <see cref="Status"/> changed, on the thread that changed it.</summary>
    public event Action? StatusChanged;

    public DesiredState Desired => _desired;

    public EventHub Events { get; }

    /// <summary>VPP as it was when it was last looked at.</summary>
    public VppState LastSeen => _lastSeen;

    public BridgeCounters Counters { get; } = new();

    /// <summary>The connection, or UNAVAILABLE with the time since when.</summary>
    public IVppTransport RequireTransport()
    {
        BridgeStatus status = _status;
        return status.Transport ?? throw GrpcFault.Of(
            StatusCode.Unavailable,
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
            throw GrpcFault.Of(
                StatusCode.ResourceExhausted, "too many changes wait already, try again");
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
        await RequireStartedAsync(transport).ConfigureAwait(false);
        DesiredState desired = _desired;
        string current = desired.VersionOf(request.Key);
        if (request.ResourceVersion.Length > 0 && request.ResourceVersion != current)
        {
            throw GrpcFault.Of(
                StatusCode.Aborted,
                $"resource_version: it is '{current}' now, not '{request.ResourceVersion}'; read again "
                    + "and retry");
        }

        if (!request.DryRun && !ReferenceEquals(_leaving, DesiredState.Empty))
            await RepairLeftoversAsync(transport).ConfigureAwait(false);
        VppState seen = await LookAsync(transport, [.. desired.Routes()]).ConfigureAwait(false);
        _made = _made.Seen(seen, transport.Identity.Pid);
        DesiredState next = request.Mutate(desired, seen);
        PlanScope scope = PlanScope.Of(request.Key, next, desired);
        if (!request.DryRun && next.Tunnels.Count > 0)
            await CheckTunnelsAsync(transport).ConfigureAwait(false);
        Plan plan = Planner.Build(next, desired, seen, _made, scope);
        IReadOnlyList<VppChange> cuts = request.CutSessions && transport.SessionsSurvive
            ? SessionCuts.Build(request.Key, next, seen) : [];
        Refuse(plan, scope, transport);
        var change = new Change
        {
            Changed = plan.Changes.Count + cuts.Count > 0 || !ReferenceEquals(next, desired),
            ResourceVersion = current,
        };
        change.Steps.AddRange(plan.Changes.Concat(cuts).Select(step => step.ToString()));
        change.Warnings.AddRange(ChangeWarnings.Build(
            plan, next, seen, transport.SessionsSurvive && !request.CutSessions));
        if (request.DryRun || !change.Changed)
            return change;

        // What could not be taken away so far is not forgotten over this change.
        DesiredState older = _leaving;
        Keep(desired, ReferenceEquals(older, DesiredState.Empty) ? next : older.WithLeaving(next),
            _made.WithNat(plan.Changes));
        if (!ReferenceEquals(next, desired))
            next = Exists(next, request.Key) ? next.WithVersion(request.Key)
                : next.WithoutVersion(request.Key);
        VppState after = await ExecuteOrRollBackAsync(
            new Attempt(plan, cuts, scope, next, older, seen), transport).ConfigureAwait(false);
        Counters.CountChange();
        Events.Publish(EventKind.ChangeApplied, request.Key, string.Join("; ", change.Steps.Take(ToldMax)));
        SetConverged(transport, Planner.Build(_desired, _leaving, after, _made).Describe());
        change.ResourceVersion = next.VersionOf(request.Key);
        return change;
    }

    // Others' troubles are not this caller's; what blocks the object of the change, or what it needs, is.
    private static void Refuse(Plan plan, PlanScope scope, IVppTransport transport)
    {
        if (plan.Blocked.FirstOrDefault(b => scope.Required.Contains(b.Key)) is { } obstacle)
            throw GrpcFault.Of(StatusCode.FailedPrecondition, obstacle.Problem);
        foreach (VppChange step in plan.Changes)
        {
            if (transport.FindDanger(step) is { } danger)
                throw GrpcFault.Of(StatusCode.FailedPrecondition, $"cannot {step}: {danger}");
        }
    }

    private async Task<VppState> ExecuteOrRollBackAsync(Attempt attempt, IVppTransport transport)
    {
        try
        {
            VppState after = await ExecuteUntilDoneAsync(attempt, transport).ConfigureAwait(false);
            Keep(attempt.Next, attempt.Older, _made);
            return after;
        }
        catch (VppException e)
        {
            throw new VppException(
                e.Fault,
                $"{e.Message}; {await TakeBackAsync(e, attempt.Scope, transport).ConfigureAwait(false)}", e);
        }
    }

    /// <summary>Executes the plan, and plans again what others changed meanwhile: an interface that came or
    /// went between the look and the step.</summary>
    private async Task<VppState> ExecuteUntilDoneAsync(Attempt attempt, IVppTransport transport)
    {
        (Plan plan, VppState seen) = (attempt.Plan, attempt.Seen);
        for (int round = 1; ; round++)
        {
            await ExecuteAsync(plan.Changes, seen, transport).ConfigureAwait(false);
            seen = await LookAsync(transport, [.. attempt.Next.Routes(), .. _desired.Routes()])
                .ConfigureAwait(false);
            plan = Planner.Build(attempt.Next, _desired, seen, _made, attempt.Scope);
            if (plan.Blocked.FirstOrDefault(b => attempt.Scope.Required.Contains(b.Key)) is { } obstacle)
                throw new VppException(VppFault.Refused, obstacle.Problem);
            if (plan.Changes.Count == 0)
                break;
            if (round == Limits.PlanRoundsMax)
            {
                throw new VppException(
                    VppFault.Misunderstood,
                    $"VPP took every step {round} times, but still lacks: {plan.Changes[0]}");
            }
        }

        await ExecuteAsync(attempt.Cuts, seen, transport).ConfigureAwait(false);
        return seen;
    }

    /// <summary>Takes back what a change did before it failed, and says how that went.</summary>
    private async Task<string> TakeBackAsync(VppException why, PlanScope scope, IVppTransport transport)
    {
        const string Later = "what was done so far is taken back when VPP answers again";
        if (why.Fault == VppFault.Away)
            return Later;
        Counters.CountRollback();
        try
        {
            VppState seen = await LookAsync(transport, [.. _desired.Routes(), .. _leaving.Routes()])
                .ConfigureAwait(false);
            return await RepairAsync(transport, seen, scope).ConfigureAwait(false)
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

        if (change is VppChange.AddPeer add)
            _made = _made.WithPeer(add.Peer);
        else if (change is VppChange.RemovePeer remove)
            _made = _made.WithoutPeer(remove.PublicKey);
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

    private void Keep(DesiredState desired, DesiredState leaving, Provenance made)
    {
        if (leaving.Tunnels.Count > 2 * Limits.ObjectsMax)
            throw new VppException(VppFault.Unsafe, "too many tunnels that were given up are still in VPP");
        try
        {
            _options.File.Save(desired, leaving, made);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VppException(
                VppFault.Unsafe, $"the state cannot be kept: {e.Message}; see --state-dir", e);
        }

        _desired = desired;
        _leaving = leaving;
        _made = made;
    }

    private static RpcException ToGrpc(VppException e) => GrpcFault.Of(
        e.Fault switch
        {
            VppFault.Away => StatusCode.Unavailable,
            VppFault.Misunderstood => StatusCode.Aborted,
            _ => StatusCode.FailedPrecondition,
        },
        e.Message);

    /// <summary>One change on its way.</summary>
    private sealed record Attempt(
        Plan Plan, IReadOnlyList<VppChange> Cuts, PlanScope Scope, DesiredState Next, DesiredState Older,
        VppState Seen);
}
