using System.Threading.Channels;

namespace Serval.Control.Watching;

/// <summary>
/// Tells when something below a path may have changed: soon by events (inotify), at the latest by a slow
/// tick, because events are lost with full queues, across links and on some file systems.
/// </summary>
/// <remarks>
/// Owner: one call of WatchAsync. Thread: its own; events arrive on others and only signal.
/// </remarks>
internal sealed class FolderWatch : IDisposable
{
    private readonly string _root;
    private readonly Timer _tick;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private FileSystemWatcher? _inside;
    private FileSystemWatcher? _above;
    private volatile bool _isStale = true;
    private bool _hasPendingEvents;

    public FolderWatch(string root)
    {
        _root = root;
        _tick = new Timer(_ => _signals.Writer.TryWrite(true), null, Limits.RescanMs, Limits.RescanMs);
    }

    /// <summary>True when the last wait ended by an event, not by the slow tick.</summary>
    public bool HasEvents { get; private set; }

    /// <summary>
    /// Watches anew after the path itself was replaced, or when watching did not work before.
    /// </summary>
    public void RenewIfStale()
    {
        if (!_isStale && _inside is not null && _above is not null)
            return;
        _isStale = false;
        _inside?.Dispose();
        _above?.Dispose();
        _inside = Directory.Exists(_root) ? TryWatch(_root, "*", isDeep: true) : null;
        // The folder above tells that PATH was deleted, created or swapped; of a file it tells all there is.
        string? above = Path.GetDirectoryName(_root);
        bool isAboveThere = above is not null && Directory.Exists(above);
        _above = isAboveThere ? TryWatch(above!, Path.GetFileName(_root), isDeep: false) : null;
        if (_inside is null && File.Exists(_root))
            _inside = _above;
    }

    /// <summary>A change that came without an event: what is watched is no longer what is there.</summary>
    public void OnChangeFound()
    {
        if (!HasEvents)
            _isStale = true;
    }

    /// <summary>Returns after events have settled, or after the slow tick.</summary>
    /// <param name="isWaiting">True when a file must be looked at soon, whatever is told.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(bool isWaiting, CancellationToken cancellationToken)
    {
        _tick.Change(isWaiting ? Limits.WaitingRescanMs : Limits.RescanMs, Limits.RescanMs);
        await _signals.Reader.ReadAsync(cancellationToken);
        int waitedMs = 0;
        bool isQuiet;
        do
        {
            await Task.Delay(Limits.SettleMs, cancellationToken);
            waitedMs += Limits.SettleMs;
            isQuiet = !_signals.Reader.TryRead(out _);
        }
        while (!isQuiet && waitedMs + Limits.SettleMs <= Limits.SettleMaxMs);
        HasEvents = Interlocked.Exchange(ref _hasPendingEvents, false);
    }

    public void Dispose()
    {
        _tick.Dispose();
        _inside?.Dispose();
        _above?.Dispose();
    }

    private FileSystemWatcher? TryWatch(string folder, string filter, bool isDeep)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder, filter)
            {
                IncludeSubdirectories = isDeep,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                    | NotifyFilters.Size | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => OnEvent(isReplaced: false);
            watcher.Created += (_, _) => OnEvent(isReplaced: !isDeep);
            watcher.Deleted += (_, _) => OnEvent(isReplaced: !isDeep);
            watcher.Renamed += (_, _) => OnEvent(isReplaced: !isDeep);
            watcher.Error += (_, _) => OnEvent(isReplaced: true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No inotify instance left, or the folder is gone again: the slow tick goes on and tries later.
            watcher?.Dispose();
            return null;
        }
    }

    private void OnEvent(bool isReplaced)
    {
        if (isReplaced)
            _isStale = true;
        Volatile.Write(ref _hasPendingEvents, true);
        _signals.Writer.TryWrite(true);
    }
}
