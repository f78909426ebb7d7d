using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Control.Publishing;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The data plane of this process as a fleet of one router. Owner: the verb. Thread: any; one loop publishes.
/// Bound: one snapshot, the newest, waits.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "Lives as long as the process; the semaphore has no wait handle.")]
internal sealed class ProcessSink(SerialPublisher publisher) : ISnapshotSink
{
    private static readonly RouterEndpoint Self =
        new("this process", new Uri("http://127.0.0.1"), null, IsReady: true);

    private readonly SemaphoreSlim _signal = new(0, 1);
    private Offered? _waiting;
    private FleetState _state = new([new RouterState { Endpoint = Self }]);

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public FleetState State => Volatile.Read(ref _state);

    /// <inheritdoc/>
    public void Offer(Snapshot snapshot, long sequence, long generation, ImmutableArray<KeyPair> keyPairs)
    {
        Volatile.Write(ref _waiting, new Offered(snapshot, sequence, keyPairs));
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <summary>Publishes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            RouterState now = State.Routers[0];
            // A listener that could not be bound is tried for again now and then.
            bool mustRebind = now.Findings.Any(finding =>
                finding.Severity == Config.Validating.Severity.Error);
            await ((Task)_signal.WaitAsync(mustRebind ? PublishingRetryMs : Timeout.Infinite, stop))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested || Volatile.Read(ref _waiting) is not { } offered)
                continue;
            if (offered.Snapshot.Version == now.Version && !mustRebind)
            {
                Change(now with { Sequence = offered.Sequence });
                continue;
            }
            ApplyResult result = await publisher.PublishAsync(
                offered.Snapshot, [], offered.KeyPairs, "Kubernetes", null, stop);
            Change(result.IsAccepted
                ? now with
                {
                    Version = offered.Snapshot.Version,
                    Sequence = offered.Sequence,
                    RefusedSequence = 0,
                    Findings = result.Findings,
                    Pushes = now.Pushes + 1,
                }
                : now with
                {
                    RefusedSequence = offered.Sequence,
                    Findings = result.Findings,
                    FailedPushes = now.FailedPushes + 1,
                });
        }
    }

    private const int PublishingRetryMs = 5_000;

    private void Change(RouterState state)
    {
        Volatile.Write(ref _state, new FleetState([state]));
        Changed?.Invoke();
    }

    private sealed record Offered(Snapshot Snapshot, long Sequence, ImmutableArray<KeyPair> KeyPairs);
}
