using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Makes snapshots live, one at a time, whether they come from files, from a push or from disk. Remembers the
/// term of the last push, so that a leader that was replaced is refused. Bound: one snapshot is applied at a
/// time; others wait their turn or give up.
/// </summary>
internal sealed class SerialPublisher(Router router, SecretKeeper secrets, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ImmutableArray<Finding> _known = [];
    private Loaded? _last;
    private PushTerm? _term;

    // Whether what came last is live: after a refusal, what is live must be able to repeal it.
    private bool _wasTakenWhole;

    /// <summary>
    /// What is wrong with the process itself. Set before anything is published. Any thread.
    /// </summary>
    public Func<ImmutableArray<Finding>> Own { get; set; } = () => [];

    /// <summary>
    /// What is wrong now: with the process itself, then what the source of the newest configuration says,
    /// then what the data plane says. Any thread.
    /// </summary>
    public ImmutableArray<Finding> Findings =>
    [
        .. Own(),
        .. ImmutableInterlocked.InterlockedCompareExchange(ref _known, default, default)
            .Where(finding => !IsAge(finding)),
        .. router.Findings,
    ];

    /// <summary>How the newest configuration fared; null before the first. Any thread.</summary>
    public Loaded? Last => Volatile.Read(ref _last);

    /// <summary>
    /// Makes a snapshot live, or says why not. <paramref name="known"/> are the findings of its translation;
    /// <paramref name="keyPairs"/> are given to the data plane first; <paramref name="accepted"/> runs before
    /// the next snapshot has its turn.
    /// </summary>
    public async Task<ApplyResult> PublishAsync(
        Snapshot snapshot, ImmutableArray<Finding> known, ImmutableArray<KeyPair> keyPairs, string source,
        Action<Snapshot>? accepted, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            known = known.AddRange(secrets.Put(keyPairs, source));
            TakeKnown(known);
            return Apply(snapshot, known, accepted);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes what the disk kept live, with the term that it was pushed with.</summary>
    public async Task RestoreAsync(Snapshot snapshot, PushTerm? term, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (Apply(snapshot, [], null).IsAccepted)
                _term = term;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Makes a pushed snapshot live unless its term is older than that of the last accepted push.
    /// <paramref name="accepted"/> runs before the next snapshot has its turn.
    /// </summary>
    public Task<PushAnswer> PushAsync(
        Snapshot snapshot, PushTerm? term, Action<Snapshot, PushTerm?> accepted, CancellationToken stop) =>
        PushAsync(_ => snapshot, term, accepted, stop);

    /// <summary>The same for a delta, if its base is what is live.</summary>
    public Task<PushAnswer> PushAsync(
        SnapshotDelta delta, PushTerm? term, Action<Snapshot, PushTerm?> accepted, CancellationToken stop) =>
        PushAsync(
            live => live is not null && live.Version == delta.BaseVersion ? delta.ApplyTo(live) : null,
            term, accepted, stop);

    private async Task<PushAnswer> PushAsync(
        Func<Snapshot?, Snapshot?> find, PushTerm? term, Action<Snapshot, PushTerm?> accepted,
        CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            // Once a leader has pushed with a term, a push without one could be anybody's.
            if (_term is { } last && (term is null || term.Value < last))
                return new PushAnswer(PushVerdict.StaleTerm, null, router.Live?.Version, _term);
            if (find(router.Live) is not { } snapshot)
                return new PushAnswer(PushVerdict.OtherBase, null, router.Live?.Version, _term);
            TakeKnown([]);
            ApplyResult result = Apply(snapshot, [], Accept);
            return new PushAnswer(PushVerdict.Judged, result, result.Version, _term);
        }
        finally
        {
            _turn.Release();
        }

        void Accept(Snapshot live)
        {
            _term = term;
            accepted(live, term);
        }
    }

    /// <summary>Leaves what is live as it is; the findings say why.</summary>
    public async Task<ApplyResult> RefuseAsync(ImmutableArray<Finding> known, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            TakeKnown(known);
            Volatile.Write(ref _last, new Loaded(false, DateTimeOffset.UtcNow));
            return new ApplyResult(false, router.Live?.Version, known);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ApplyResult Apply(Snapshot snapshot, ImmutableArray<Finding> known, Action<Snapshot>? accepted)
    {
        // Content that is live already is not applied again: nothing is compiled, and ages stay.
        if (_wasTakenWhole && router.Live is { } live && SnapshotComparison.AreEqual(live, snapshot))
        {
            accepted?.Invoke(live);
            Volatile.Write(ref _last, new Loaded(IsWhole(known), DateTimeOffset.UtcNow));
            return new ApplyResult(true, live.Version, [.. known, .. router.Findings]);
        }

        // Reading the first configuration leaves several times its size behind. While nothing is served yet a
        // collection stops nobody; later ones are left to the runtime.
        if (router.Live is null)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ApplyResult result = router.Apply(snapshot); // which logs what it finds
        if (result.IsAccepted)
            accepted?.Invoke(snapshot);
        _wasTakenWhole = result.IsAccepted;
        Volatile.Write(ref _last, new Loaded(result.IsAccepted && IsWhole(known), DateTimeOffset.UtcNow));
        return result with { Findings = [.. known, .. result.Findings] };
    }

    // The data plane says it itself, and goes on saying it right as time passes.
    private bool IsAge(Finding finding) => router.Live is not null
        && CertificateAges.IsAge(finding);

    private static bool IsWhole(ImmutableArray<Finding> known) =>
        known.All(finding => finding.Severity != Severity.Error);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>An unchanged finding is not repeated on every change of a file.</summary>
    private void TakeKnown(ImmutableArray<Finding> findings)
    {
        foreach (Finding finding in findings.Except(_known))
        {
            switch (finding.Severity)
            {
                case Severity.Error: Log.ErrorFound(log, finding.ToLogText()); break;
                case Severity.Warning: Log.WarningFound(log, finding.ToLogText()); break;
                default: Log.NoticeFound(log, finding.ToLogText()); break;
            }
        }
        ImmutableInterlocked.InterlockedExchange(ref _known, findings);
    }
}
