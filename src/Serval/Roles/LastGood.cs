using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Serval.Common.Files;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The last configuration that was accepted, kept on disk so that a router serves after a restart while
/// nobody pushes. The content of the checked file has two lines: the term of the push (empty if it had none),
/// and the JSON.
/// Bounds: <see cref="AdminLimits.ConfigBytesMax"/>; one write at a time, and one snapshot, the newest, waits
/// for it.
/// Thread: any; snapshots come in the order in which they went live.
/// </summary>
/// <param name="directory">Where it is kept.</param>
/// <param name="time">The clock of pauses.</param>
/// <param name="log">The process log.</param>
internal sealed class LastGood(string directory, TimeProvider time, ILogger log)
{
    private const int TermLengthMax = 40 + 1;

    // Each snapshot is written whole, which takes a processor some 10 ms for each 1,000 routes. So changes
    // that follow one another are waited for: until there is none for a while, but not for ever.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly string _path = PathIn(directory);
    private readonly CheckedFile _file = new(
        PathIn(directory), mark: "", TermLengthMax + AdminLimits.ConfigBytesMax);

    private readonly Lock _writing = new();
    private KeptSnapshot? _waiting;
    private string? _fault;

    /// <summary>That nothing can be kept in the folder, as long as that is so. Any thread.</summary>
    public ImmutableArray<Finding> Findings => Volatile.Read(ref _fault) is not { } fault
        ? []
        :
        [
            new Finding(
                Severity.Warning, "Process", "--state-dir", "NotKept",
                $"No configuration can be kept in {directory}, so a restart begins without one: {fault} "
                + "Make the folder writable, or name another."),
        ];

    /// <summary>Finds out whether anything can be kept there, before there is anything.</summary>
    public void Probe()
    {
        try
        {
            Directory.CreateDirectory(directory);
            string probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _fault, fault.Message);
            Log.NotKept(log, fault.Message);
        }
    }

    /// <summary>
    /// Keeps a snapshot. One that cannot be kept is live all the same: a full disk must not stop a router
    /// from following its source. What was kept before still is.
    /// </summary>
    public void Keep(Snapshot snapshot, PushTerm? term)
    {
        Volatile.Write(ref _waiting, new KeptSnapshot(snapshot, term));
        KeepWaiting();
    }

    /// <summary>
    /// The same on another thread, once no snapshot has come for a second, and after ten seconds at the
    /// latest: changes of endpoints come faster than a disk takes whole snapshots. A process that is killed
    /// in between starts from the one before.
    /// </summary>
    public void KeepSoon(Snapshot snapshot, PushTerm? term)
    {
        KeptSnapshot kept = new(snapshot, term);
        if (Interlocked.Exchange(ref _waiting, kept) is null) _ = KeepLaterAsync();
    }

    /// <summary>Keeps at once what waits to be kept.</summary>
    public void KeepWaiting()
    {
        lock (_writing)
        {
            if (Interlocked.Exchange(ref _waiting, null) is not { } kept) return;
            try
            {
                Write(kept);
                Volatile.Write(ref _fault, null);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Once, until it works again: changes may come a hundred times a second.
                if (Interlocked.Exchange(ref _fault, fault.Message) is null)
                    Log.NotKept(log, fault.Message);
            }
        }
    }

    private static string PathIn(string directory) => Path.Combine(directory, "last-good.json");

    // On a thread of its own: a slow disk would hold one of the few threads that answer pushes.
    private async Task KeepLaterAsync()
    {
        long startedAt = time.GetTimestamp();
        KeptSnapshot? newest;
        do
        {
            newest = Volatile.Read(ref _waiting);
            await Task.Delay(Quiet, time);
        }
        while (!ReferenceEquals(newest, Volatile.Read(ref _waiting))
            && time.GetElapsedTime(startedAt) < Longest);
        await Task.Factory.StartNew(
            KeepWaiting, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Write(KeptSnapshot kept)
    {
        Directory.CreateDirectory(directory);
        _file.Write(file =>
        {
            file.Write(Encoding.ASCII.GetBytes($"{kept.Term}\n"));
            SnapshotJson.Write(kept.Snapshot, file);
        });
    }

    /// <summary>
    /// The snapshot that was kept; null with no findings when there is none, with findings when it is
    /// damaged.
    /// </summary>
    public KeptSnapshot? Find(out ImmutableArray<Finding> findings)
    {
        findings = [];
        try
        {
            if (_file.Read() is not { } content)
                return null;
            int end = Array.IndexOf(content, (byte)'\n');
            bool hasTerm = PushTerm.TryParse(
                Encoding.ASCII.GetString(content, 0, Math.Max(end, 0)), out PushTerm? term);
            return SnapshotJson.Read(content.AsSpan(end + 1), out findings) is { } snapshot
                ? new KeptSnapshot(snapshot, hasTerm ? term : null)
                : null;
        }
        catch (InvalidDataException fault)
        {
            return Damaged("Damaged", fault.Message, out findings);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Damaged("Unreadable", $"cannot be read: {fault.Message}", out findings);
        }
    }

    private KeptSnapshot? Damaged(string reason, string what, out ImmutableArray<Finding> findings)
    {
        findings = [new Finding(Severity.Error, _path, "", reason,
            $"The kept configuration {what}; starting without one.")];
        return null;
    }
}
