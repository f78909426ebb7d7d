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
internal sealed class LastGood(string directory, ILogger log)
{
    private const int TermLengthMax = 40 + 1;

    // Endpoints may change a hundred times a second, and each snapshot is written whole.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

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
    /// The same, a second later and on another thread: changes of endpoints come faster than a disk takes
    /// whole snapshots. A process that is killed in between starts from the one before.
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

    private async Task KeepLaterAsync()
    {
        await Task.Delay(Soon);
        KeepWaiting();
    }

    private void Write(KeptSnapshot kept)
    {
        Directory.CreateDirectory(directory);
        _file.Write([.. Encoding.ASCII.GetBytes($"{kept.Term}\n"), .. SnapshotJson.Write(kept.Snapshot)]);
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
