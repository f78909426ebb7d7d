using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The last configuration that was accepted, kept on disk so that a router serves after a restart while
/// nobody pushes. The file has three lines: the SHA-256 of the others in hexadecimal, the term of the push
/// (empty if it had none), and the JSON. It is replaced whole: written beside, flushed to the disk, renamed.
/// Bounds: <see cref="AdminLimits.ConfigBytesMax"/>; one write at a time, and one snapshot, the newest, waits
/// for it.
/// Thread: any; snapshots come in the order in which they went live.
/// </summary>
internal sealed class LastGood(string directory, ILogger log)
{
    private const int PrefixLength = 64 + 1;
    private const int TermLengthMax = 40 + 1;

    // Endpoints may change a hundred times a second, and each snapshot is written whole.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly string _path = Path.Combine(directory, "last-good.json");
    private readonly Lock _writing = new();
    private KeptSnapshot? _waiting;

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
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                Log.NotKept(log, fault.Message);
            }
        }
    }

    private async Task KeepLaterAsync()
    {
        await Task.Delay(Soon);
        KeepWaiting();
    }

    private void Write(KeptSnapshot kept)
    {
        Directory.CreateDirectory(directory);
        byte[] content = [.. Encoding.ASCII.GetBytes($"{kept.Term}\n"), .. SnapshotJson.Write(kept.Snapshot)];
        string beside = _path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None,
            bufferSize: 1))
        {
            file.Write(Checksum(content));
            file.Write("\n"u8);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, _path, overwrite: true);
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
            using FileStream file = File.OpenRead(_path);
            if (file.Length > PrefixLength + TermLengthMax + AdminLimits.ConfigBytesMax)
                return Damaged("TooLarge", "is larger than any configuration may be", out findings);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            if (bytes.Length < PrefixLength
                || !Checksum(bytes.AsSpan(PrefixLength)).AsSpan().SequenceEqual(bytes.AsSpan(0, 64)))
                return Damaged("ChecksumMismatch", "is damaged: its checksum does not fit", out findings);
            ReadOnlySpan<byte> content = bytes.AsSpan(PrefixLength);
            int end = content.IndexOf((byte)'\n');
            bool hasTerm = PushTerm.TryParse(
                Encoding.ASCII.GetString(content[..Math.Max(end, 0)]), out PushTerm? term);
            return SnapshotJson.Read(content[(end + 1)..], out findings) is { } snapshot
                ? new KeptSnapshot(snapshot, hasTerm ? term : null)
                : null;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
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

    private static byte[] Checksum(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json)));
}
