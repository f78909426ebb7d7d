using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;

namespace Serval.Control.Publishing;

/// <summary>
/// Keeps one router at the snapshot that it should run: it pushes the whole on first contact and whenever the
/// router has lost step, and a delta for every other change. Between changes it asks the router which version
/// is live and what is wrong with it, such as listeners that are not bound. A router that is slow or dead
/// delays nobody but itself.
/// </summary>
/// <remarks>Owner: the fleet. Thread: one loop; <see cref="State"/> from any.</remarks>
internal sealed class RouterLink : IAsyncDisposable
{
    private readonly RouterFleet _fleet;
    private readonly RouterClient _client;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private RouterState _state;
    private readonly HashSet<(string Name, string Digest)> _given = [];
    private Snapshot? _live;
    private long _differsSince;
    private int _failures;
    private long _checkedAt;

    public RouterLink(
        RouterFleet fleet, RouterEndpoint endpoint, RouterAccess access, TimeProvider time, Random random,
        ILogger log)
    {
        (_fleet, _time, _random, _log) = (fleet, time, random, log);
        _state = new RouterState { Endpoint = endpoint };
        _client = new RouterClient(endpoint.Address, access);
        _differsSince = time.GetTimestamp();
        _running = RunAsync(_stop.Token);
    }

    /// <summary>What is known of the router.</summary>
    public RouterState State => Volatile.Read(ref _state);

    /// <summary>Takes over whether the router is ready.</summary>
    public void Update(RouterEndpoint endpoint)
    {
        if (endpoint != State.Endpoint)
            Change(state => state with { Endpoint = endpoint });
        Wake();
    }

    /// <summary>Makes the loop look at once: the target has changed.</summary>
    public void Wake()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
        _signal.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                TimeSpan pause = await StepAsync(stop);
                // A failed router is left alone for the pause, whatever changes meanwhile.
                if (_failures > 0)
                    await Task.Delay(pause, _time, stop);
                else
                    await _signal.WaitAsync(pause, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                Fail(fault.Message);
                await Task.Delay(Backoff(), _time, stop).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // One push or one question; how long to wait afterwards.
    private async Task<TimeSpan> StepAsync(CancellationToken stop)
    {
        if (_fleet.Target is not { } target)
            return await CheckAsync(null, stop);
        bool isThere = State.Version == target.Snapshot.Version;
        if (!isThere && _live is null && State.Version is null)
            return await CheckAsync(target, stop); // it may run this very version since before our start
        if (!isThere && _fleet.MayPush(_differsSince))
            return await PushAsync(target, stop);
        if (isThere && State.Sequence < target.Sequence)
            Acknowledge(target);
        return await CheckAsync(target, stop);
    }

    private async Task<TimeSpan> CheckAsync(PushTarget? target, CancellationToken stop)
    {
        TimeSpan rest = Milliseconds(PublishingLimits.CheckPeriodMs) - _time.GetElapsedTime(_checkedAt);
        if (rest > TimeSpan.Zero && _checkedAt != 0 && State.Version is not null)
            return rest;
        _checkedAt = _time.GetTimestamp();
        RouterReport report = await _client.AskAsync(stop);
        string version = report.Version ?? "";
        _failures = 0;
        // It has restarted, or somebody else configures it: what it was given is gone.
        if (report.IsWaiting)
            _given.Clear();
        // What it says about another version is no answer to ours: why it refused ours is kept.
        ImmutableArray<Finding> findings =
            version == target?.Snapshot.Version ? report.Findings : State.Findings;
        if (version != State.Version || State.Failure.Length > 0 || !findings.SequenceEqual(State.Findings))
            Change(state => state with { Version = version, Failure = "", Findings = findings });
        if (_live?.Version != version)
            _live = null;
        if (target is null)
            return Milliseconds(PublishingLimits.CheckPeriodMs);
        if (version != target.Snapshot.Version)
            return _fleet.MayPush(_differsSince) ? TimeSpan.Zero
                : Milliseconds(PublishingLimits.CheckPeriodMs);
        if (report.IsWaiting && await GiveSecretsAsync(target, stop) is { } failure)
        {
            Fail(failure);
            return Backoff();
        }
        _live = target.Snapshot;
        Acknowledge(target);
        return Milliseconds(PublishingLimits.CheckPeriodMs);
    }

    private async Task<TimeSpan> PushAsync(PushTarget target, CancellationToken stop)
    {
        if (State.RefusedSequence == target.Sequence
            && _time.GetElapsedTime(_checkedAt).TotalMilliseconds < PublishingLimits.RefusedMs)
            return Milliseconds(PublishingLimits.RefusedMs);
        if (await GiveSecretsAsync(target, stop) is { } failure)
        {
            Fail(failure);
            return Backoff();
        }
        long startedAt = _time.GetTimestamp();
        bool isWhole = _live is null;
        PushOutcome outcome = isWhole
            ? await _client.PushAsync(target, _fleet.Epoch, stop)
            : await _client.PushAsync(_live!, target, _fleet.Epoch, stop);
        _checkedAt = _time.GetTimestamp();
        double tookMs = _time.GetElapsedTime(startedAt).TotalMilliseconds;
        return Take(outcome, target, isWhole, tookMs);
    }

    private TimeSpan Take(PushOutcome outcome, PushTarget target, bool isWhole, double tookMs)
    {
        switch (outcome.Kind)
        {
            case PushOutcomeKind.Acknowledged:
                _live = target.Snapshot;
                _failures = 0;
                _differsSince = _time.GetTimestamp();
                Change(state => state with
                {
                    Version = target.Snapshot.Version,
                    Sequence = target.Sequence,
                    RefusedSequence = 0,
                    Findings = outcome.Findings,
                    Failure = "",
                    Pushes = state.Pushes + 1,
                    FullPushes = state.FullPushes + (isWhole ? 1 : 0),
                    LastPushMs = tookMs,
                });
                return TimeSpan.Zero;
            case PushOutcomeKind.WrongBase:
                _live = null;
                Change(state => state with { Version = outcome.Version ?? "" });
                return TimeSpan.Zero;
            case PushOutcomeKind.StaleTerm:
                // Someone knows more: our own watch or our own look at the lease is behind.
                PublishingLog.StaleTerm(_log, State.Endpoint.Name);
                _live = null;
                _differsSince = _time.GetTimestamp();
                Change(state => state with { Version = null, FailedPushes = state.FailedPushes + 1 });
                return Milliseconds(PublishingLimits.StaleMs);
            case PushOutcomeKind.Refused:
                PublishingLog.Refused(_log, State.Endpoint.Name, target.Snapshot.Version, outcome.Message);
                Change(state => state with
                {
                    RefusedSequence = target.Sequence,
                    Findings = outcome.Findings,
                    Failure = "",
                    FailedPushes = state.FailedPushes + 1,
                });
                return Milliseconds(PublishingLimits.RefusedMs);
            default:
                Fail(outcome.Message);
                return Backoff();
        }
    }

    // The keys of certificates go ahead of the snapshot that names them. Says why they could not be given;
    // null when they could.
    private async Task<string?> GiveSecretsAsync(PushTarget target, CancellationToken stop)
    {
        KeyPair[] missing = [.. target.KeyPairs.Where(pair => !_given.Contains((pair.Name, pair.Digest)))];
        foreach (ImmutableArray<KeyPair> some in SecretPushes.Of(missing))
        {
            PushOutcome outcome = await _client.PutSecretsAsync(some, stop);
            if (outcome.Kind != PushOutcomeKind.Acknowledged)
                return outcome.Message;
            foreach (Finding finding in outcome.Findings)
                PublishingLog.SecretRefused(_log, State.Endpoint.Name, finding.ToString());
            _given.UnionWith(some.Select(pair => (pair.Name, pair.Digest)));
        }
        _given.IntersectWith(target.KeyPairs.Select(pair => (pair.Name, pair.Digest)));
        return null;
    }

    private void Acknowledge(PushTarget target)
    {
        _differsSince = _time.GetTimestamp();
        _live ??= target.Snapshot;
        if (State.Sequence < target.Sequence)
            Change(state => state with { Sequence = target.Sequence, RefusedSequence = 0 });
    }

    private void Fail(string reason)
    {
        if (State.Failure != reason)
            PublishingLog.Failed(_log, State.Endpoint.Name, State.Endpoint.Address.ToString(), reason);
        _failures++;
        // It may have restarted, or have taken what it could not say.
        _live = null;
        _given.Clear();
        Change(state => state with
        {
            Version = null,
            Failure = reason,
            FailedPushes = state.FailedPushes + 1,
        });
    }

    private TimeSpan Backoff()
    {
        int delayMs = PublishingLimits.BackoffMs << Math.Min(_failures - 1, 10);
        return Milliseconds(Math.Min(delayMs, PublishingLimits.BackoffMaxMs) * (1 + _random.NextDouble()));
    }

    private void Change(Func<RouterState, RouterState> change)
    {
        RouterState before;
        do
        {
            before = State;
        }
        while (Interlocked.CompareExchange(ref _state, change(before), before) != before);
        _fleet.OnChanged();
    }

    private static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);
}
