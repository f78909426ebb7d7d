using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Makes snapshots live, one at a time, whether they come from files, from a push or from disk. Bound: one
/// snapshot is applied at a time; others wait their turn or give up.
/// </summary>
internal sealed class SerialPublisher(Router router, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ImmutableArray<Finding> _logged = [];

    /// <summary>
    /// Makes a snapshot live, or says why not. <paramref name="known"/> are the findings of its translation;
    /// <paramref name="accepted"/> runs before the next snapshot has its turn.
    /// </summary>
    public async Task<ApplyResult> PublishAsync(
        Snapshot snapshot, ImmutableArray<Finding> known, Action<Snapshot>? accepted, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            LogChanged(known);
            return Apply(snapshot, known, accepted);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Makes the live snapshot with a delta live, or says why not; null when its base is not what is live.
    /// </summary>
    public async Task<ApplyResult?> PublishAsync(
        SnapshotDelta delta, Action<Snapshot>? accepted, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            return router.Live is { } live && live.Version == delta.BaseVersion
                ? Apply(delta.ApplyTo(live), [], accepted)
                : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves what is live as it is; the findings say why.</summary>
    public async Task<ApplyResult> RefuseAsync(ImmutableArray<Finding> known, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            LogChanged(known);
            return new ApplyResult(false, router.Live?.Version, known);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ApplyResult Apply(Snapshot snapshot, ImmutableArray<Finding> known, Action<Snapshot>? accepted)
    {
        // Reading the first configuration leaves several times its size behind. While nothing is served yet a
        // collection stops nobody; later ones are left to the runtime.
        if (router.Live is null)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ApplyResult result = router.Apply(snapshot); // which logs what it finds
        if (result.IsAccepted)
            accepted?.Invoke(snapshot);
        return result with { Findings = [.. known, .. result.Findings] };
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>An unchanged finding is not repeated on every change of a file.</summary>
    private void LogChanged(ImmutableArray<Finding> findings)
    {
        foreach (Finding finding in findings.Except(_logged))
        {
            switch (finding.Severity)
            {
                case Severity.Error: Log.ErrorFound(log, finding.ToString()); break;
                case Severity.Warning: Log.WarningFound(log, finding.ToString()); break;
                default: Log.NoticeFound(log, finding.ToString()); break;
            }
        }
        _logged = findings;
    }
}
