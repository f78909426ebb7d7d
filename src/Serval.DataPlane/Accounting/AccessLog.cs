namespace Serval.DataPlane.Accounting;

/// <summary>
/// Writes what the workers have queued to a file or to standard output, from a thread of its own. A disk that
/// cannot keep up costs records, never requests.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private readonly AccessLogQueue[] _queues;
    private readonly Stream _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    private AccessLog(AccessLogQueue[] queues, Stream output)
    {
        _queues = queues;
        _output = output;
        _writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Opens the log with one queue per worker.</summary>
    /// <exception cref="IOException">The file cannot be appended to.</exception>
    public static AccessLog Open(AccessLogOptions options, int workers)
    {
        AccessLogQueue[] queues = new AccessLogQueue[workers];
        for (int i = 0; i < workers; i++) queues[i] = new AccessLogQueue(options);
        Stream output = options.Path == "-"
            ? Console.OpenStandardOutput()
            : new FileStream(
                options.Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        return new AccessLog(queues, output);
    }

    /// <summary>The queue of a worker.</summary>
    public AccessLogQueue Of(int worker) => _queues[worker];

    public void Dispose()
    {
        _stop.Cancel();
        _writing.GetAwaiter().GetResult();
        _output.Dispose();
        _stop.Dispose();
    }

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
            catch (IOException)
            {
                // A full disk must not stop the router. The queue fills, and workers count what they drop.
                return;
            }

            queue.Advance(run.Length);
        }
    }
}
