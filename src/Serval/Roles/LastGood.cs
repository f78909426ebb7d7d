using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The last configuration that was accepted, kept on disk so that a router serves after a restart while
/// nobody pushes. The file is the SHA-256 of the JSON in hexadecimal, a line feed, then the JSON. It is
/// replaced whole: written beside, flushed to the disk, renamed. Bounds:
/// <see cref="AdminLimits.ConfigBytesMax"/>; one write at a time, and one snapshot, the newest, waits for it.
/// Thread: any; snapshots come in the order in which they went live.
/// </summary>
internal sealed class LastGood(string directory, ILogger log)
{
    private const int PrefixLength = 64 + 1;

    // Endpoints may change a hundred times a second, and each snapshot is written whole.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly string _path = Path.Combine(directory, "last-good.json");
    private readonly Lock _writing = new();
    private Snapshot? _waiting;

    /// <summary>
    /// Keeps a snapshot. One that cannot be kept is live all the same: a full disk must not stop a router
    /// from following its source. What was kept before still is.
    /// </summary>
    public void Keep(Snapshot snapshot)
    {
        Volatile.Write(ref _waiting, snapshot);
        KeepWaiting();
    }

    /// <summary>
    /// The same, a second later and on another thread: changes of endpoints come faster than a disk takes
    /// whole snapshots. A process that is killed in between starts from the one before.
    /// </summary>
    public void KeepSoon(Snapshot snapshot)
    {
        if (Interlocked.Exchange(ref _waiting, snapshot) is null) _ = KeepLaterAsync();
    }

    /// <summary>Keeps at once what waits to be kept.</summary>
    public void KeepWaiting()
    {
        lock (_writing)
        {
            if (Interlocked.Exchange(ref _waiting, null) is not { } snapshot) return;
            try
            {
                Write(snapshot);
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

    private void Write(Snapshot snapshot)
    {
        Directory.CreateDirectory(directory);
        byte[] json = SnapshotJson.Write(snapshot);
        string beside = _path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None,
            bufferSize: 1))
        {
            file.Write(Checksum(json));
            file.Write("\n"u8);
            file.Write(json);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, _path, overwrite: true);
    }

    /// <summary>
    /// The snapshot that was kept; null with no findings when there is none, with findings when it is
    /// damaged.
    /// </summary>
    public Snapshot? Find(out ImmutableArray<Finding> findings)
    {
        findings = [];
        try
        {
            using FileStream file = File.OpenRead(_path);
            if (file.Length > PrefixLength + AdminLimits.ConfigBytesMax)
                return Damaged("TooLarge", "is larger than any configuration may be", out findings);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            if (bytes.Length < PrefixLength
                || !Checksum(bytes.AsSpan(PrefixLength)).AsSpan().SequenceEqual(bytes.AsSpan(0, 64)))
                return Damaged("ChecksumMismatch", "is damaged: its checksum does not fit", out findings);
            return SnapshotJson.Read(bytes.AsSpan(PrefixLength), out findings);
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

    private Snapshot? Damaged(string reason, string what, out ImmutableArray<Finding> findings)
    {
        findings = [new Finding(Severity.Error, _path, "", reason,
            $"The kept configuration {what}; starting without one.")];
        return null;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> json) =>
        System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json)));
}
