namespace Serval.Common.Access;

/// <summary>
/// A value that is read from files, and read again when one of them changes: certificates and tokens are
/// renewed while a process runs. A change that cannot be read keeps the last good value and is reported once.
/// Thread: any. Cost of <see cref="Current"/>: one <c>stat</c> per file.
/// </summary>
/// <typeparam name="T">What the files hold.</typeparam>
public sealed class FileBacked<T>
    where T : class
{
    private readonly string[] _paths;
    private readonly Func<T> _read;
    private readonly Action<string> _failed;
    private readonly Lock _reading = new();
    private volatile Version _version;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="paths">The files whose change makes the value stale.</param>
    /// <param name="read">Reads the value; throws <see cref="OptionException"/> if it cannot.</param>
    /// <param name="failed">Takes the reason why a changed file could not be read.</param>
    /// <exception cref="OptionException">The first read failed.</exception>
    public FileBacked(IEnumerable<string> paths, Func<T> read, Action<string> failed)
    {
        _paths = [.. paths];
        _read = read;
        _failed = failed;
        // The stamps are taken first: a change during the read is then seen as a change.
        Stamp[] stamps = Stamps();
        _version = new Version(stamps, read());
    }

    /// <summary>The value that the files hold now, or the last good one.</summary>
    public T Current
    {
        get
        {
            Stamp[] stamps = Stamps();
            Version version = _version;
            return stamps.AsSpan().SequenceEqual(version.Stamps) ? version.Value : ReadAgain(stamps);
        }
    }

    private T ReadAgain(Stamp[] stamps)
    {
        lock (_reading)
        {
            if (stamps.AsSpan().SequenceEqual(_version.Stamps))
                return _version.Value;
            T value = _version.Value;
            try
            {
                value = _read();
            }
            catch (OptionException fault)
            {
                _failed(fault.Message);
            }

            _version = new Version(stamps, value);
            return value;
        }
    }

    private Stamp[] Stamps() => Array.ConvertAll(_paths, StampOf);

    // Kubernetes mounts a Secret as links to a folder that is replaced whole, so the target's stamp counts.
    private static Stamp StampOf(string path)
    {
        try
        {
            FileSystemInfo file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            return file is FileInfo { Exists: true } found
                ? new Stamp(found.FullName, found.LastWriteTimeUtc.Ticks, found.Length)
                : default;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private readonly record struct Stamp(string? Path, long WrittenTicks, long Bytes);

    private sealed record Version(Stamp[] Stamps, T Value);
}
