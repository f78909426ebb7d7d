namespace Serval.DataPlane.Accounting;

/// <summary>
/// Writes what the workers have queued to a file or to standard output, from a thread of its own. A disk that
/// cannot keep up, or is full, costs records, never requests. Every write appends (O_APPEND), so the file may
/// be truncated meanwhile; <see cref="Reopen"/> is for a file that was renamed.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    private const string StandardOutput = "-";
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private readonly AccessLogQueue[] _queues;
    private readonly string _path;
    private Stream _output;
    private Stream? _next;
    private string? _failure;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    private AccessLog(AccessLogQueue[] queues, string path, Stream output)
    {
        _queues = queues;
        _path = path;
        _output = output;
        _writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Opens the log with one queue per worker.</summary>
    /// <exception cref="IOException">The file cannot be appended to.</exception>
    public static AccessLog Open(AccessLogOptions options, int workers)
    {
        AccessLogQueue[] queues = new AccessLogQueue[workers];
        for (int i = 0; i < workers; i++) queues[i] = new AccessLogQueue(options);
        return new AccessLog(queues, options.Path, OpenOutput(options.Path));
    }

    /// <summary>Why the last write failed; null when it did not. Any thread.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// Opens the file again; what is queued from now on goes there. Returns why not, or null. Any thread.
    /// </summary>
    public string? Reopen()
    {
        if (_path == StandardOutput) return null;
        try
        {
            Interlocked.Exchange(ref _next, OpenOutput(_path))?.Dispose();
            return null;
        }
        catch (IOException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>The queue of a worker.</summary>
    public AccessLogQueue Of(int worker) => _queues[worker];

    public void Dispose()
    {
        _stop.Cancel();
        _writing.GetAwaiter().GetResult();
        _output.Dispose();
        _next?.Dispose();
        _stop.Dispose();
    }

    private static Stream OpenOutput(string path) => path == StandardOutput
        ? Console.OpenStandardOutput()
        : new FileStream(AppendingFile.Open(path), FileAccess.Write, bufferSize: 0);

    private async Task WriteAsync()
    {
        using PeriodicTimer timer = new(Period);
        bool isStopping = false;
        while (!isStopping)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Once more, for what was queued last.
                isStopping = true;
            }

            if (Interlocked.Exchange(ref _next, null) is { } next)
            {
                await _output.DisposeAsync().ConfigureAwait(false);
                _output = next;
            }

            foreach (AccessLogQueue queue in _queues) await DrainAsync(queue).ConfigureAwait(false);
        }
    }

    private async Task DrainAsync(AccessLogQueue queue)
    {
        for (ReadOnlyMemory<byte> run = queue.Peek(); !run.IsEmpty; run = queue.Peek())
        {
            try
            {
                await _output.WriteAsync(run, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException fault)
            {
                // A full disk must not stop the router. The queue fills, and workers count what they drop.
                Volatile.Write(ref _failure, fault.Message);
                return;
            }

            Volatile.Write(ref _failure, null);

            queue.Advance(run.Length);
        }
    }
}
