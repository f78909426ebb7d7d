using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control;
using Serval.Control.Acme;
using Serval.Control.Supplementing;
using Serval.DataPlane;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Files as the source of configurations: read at the start, after every change, and when told to. With a
/// place to keep the last good one, a start with files that have errors serves that one until the files have
/// none.
/// </summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "Lives as long as the process; the semaphore has no wait handle.")]
internal sealed class FileSource(
    string path, SerialPublisher publisher, LastGood? lastGood, FileSupplement? supplement, ILogger log)
{
    private const string Source = "files";
    private readonly FileProvider _files = new(path, supplement: supplement);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly NewestTranslation _newest = new();
    private bool _isHolding;

    /// <summary>The source as a role takes it.</summary>
    public RoleSource ToRoleSource()
    {
        lastGood?.Probe();
        return new RoleSource
        {
            FeedAsync = FeedAsync,
            Reload = ReloadAsync,
            Findings = () => lastGood?.Findings ?? [],
        };
    }

    private async Task FeedAsync(Action started, CancellationToken stop)
    {
        Translation first = _files.Load();
        // A certificate that is still to be got is an error too, and the way to it leads through what is
        // served.
        Snapshot? kept = HasErrors(first) && supplement is not AcmeCertificates ? FindKept() : null;
        if (kept is null)
        {
            await PublishAsync(first, stop);
        }
        else
        {
            _isHolding = true;
            Log.ServingKept(log, kept.Version, path);
            await publisher.PublishAsync(kept, first.Findings, first.KeyPairs, Source, null, stop);
        }

        started();
        if (supplement is not AcmeCertificates acme)
        {
            await _files.WatchAsync(FollowAsync, stop);
            return;
        }
        await using (acme)
        {
            Task renewing = acme.RunAsync(ReloadAsync, stop);
            await _files.WatchAsync(FollowAsync, stop);
            await renewing;
        }
    }

    private Task FollowAsync(Translation translation, CancellationToken stop) =>
        PublishAsync(translation, stop);

    private Task<ApplyResult> ReloadAsync(CancellationToken stop) => PublishAsync(_files.Load(), stop);

    private async Task<ApplyResult> PublishAsync(Translation translation, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            translation = _newest.Choose(translation);
            bool hasErrors = HasErrors(translation);
            if (_isHolding && hasErrors)
                return await publisher.RefuseAsync(translation.Findings, stop);
            _isHolding = false;
            Action<Snapshot>? keep = hasErrors || lastGood is null
                ? null
                : snapshot => lastGood.Keep(snapshot, null);
            return await publisher.PublishAsync(
                translation.Snapshot, translation.Findings, translation.KeyPairs, Source, keep, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Snapshot? FindKept()
    {
        if (lastGood is null)
            return null;
        KeptSnapshot? kept = lastGood.Find(out ImmutableArray<Finding> findings);
        foreach (Finding finding in findings)
            Log.ErrorFound(log, finding.ToLogText());
        return kept?.Snapshot;
    }

    private static bool HasErrors(Translation translation) =>
        translation.Findings.Any(finding => finding.Severity == Severity.Error);
}
