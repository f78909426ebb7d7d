using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Workers;

/// <summary>
/// A worker on its pinned thread. Any thread may send; the worker answers by what it publishes.
/// </summary>
internal sealed class WorkerThread : IAdopter, IDisposable
{
    private readonly WakeDescriptor _wake = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkerOptions _options;
    private readonly LiveConfiguration _live;
    private readonly int _processor;
    private Worker<LinuxRing>? _worker;

    private WorkerThread(WorkerOptions options, int processor, LiveConfiguration live)
    {
        _options = options;
        _processor = processor;
        _live = live;
    }

    /// <summary>The worker, for what others may read of it.</summary>
    public Worker<LinuxRing> Worker => _worker!;

    /// <summary>The processor it is pinned to.</summary>
    public int Processor => _processor;

    /// <summary>Completes when the thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public bool IsEnded => Ended.IsCompleted;

    /// <inheritdoc/>
    public long AdoptedSnapshot => Worker.Pins.Adopted;

    /// <inheritdoc/>
    public long AdoptedDirectory => Worker.AdoptedDirectory;

    /// <inheritdoc/>
    public bool MayFree(long sequence) => Worker.Pins.MayFree(sequence);

    /// <inheritdoc/>
    public int EndpointConnections(int endpoint) => Worker.EndpointConnections(endpoint);

    /// <inheritdoc/>
    public int TimesClosed(int socket) => Worker.TimesClosed(socket);

    /// <summary>Starts a worker and waits until its ring stands.</summary>
    /// <exception cref="RingException">The ring could not be set up.</exception>
    public static WorkerThread Start(WorkerOptions options, int processor, LiveConfiguration live)
    {
        WorkerThread thread = new(options, processor, live);
        new Thread(thread.Run) { IsBackground = true, Name = $"serval-w{options.Index}" }.Start();
        thread._started.Task.GetAwaiter().GetResult();
        return thread;
    }

    /// <summary>Sends a message; waits while the mailbox is full, unless the worker has ended.</summary>
    public void Send(WorkerMessage message)
    {
        if (!Worker.Mailbox.TrySend(message))
            SpinWait.SpinUntil(() => Ended.IsCompleted || Worker.Mailbox.TrySend(message));
        Wake();
    }

    /// <summary>Lets the worker look at what was published.</summary>
    public void Wake()
    {
        if (!Ended.IsCompleted) _wake.Wake();
    }

    /// <summary>Ends the thread; its connections are cut off.</summary>
    public void Stop()
    {
        if (!Ended.IsCompleted) Send(new WorkerMessage(WorkerMessageKind.Stop));
    }

    /// <summary>
    /// Frees what the thread leaves behind; only once it has ended and nobody sends any more.
    /// </summary>
    public void Dispose()
    {
        Invariant.Check(Ended.IsCompleted, "a worker is disposed of after it has ended");
        _worker?.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        try
        {
            ThreadAffinity.Pin(_processor);
            BufferPool buffers = new(_options.Buffers, _options.SmallBuffers);
            LinuxRing ring = LinuxRing.Create(_options.ConnectionSlots, buffers, _wake.Descriptor,
                _options.Timeouts.UnacknowledgedMs);
            _worker = new Worker<LinuxRing>(_options, ring, buffers, _live, new SystemClock());
        }
        catch (RingException failure)
        {
            _ended.SetResult();
            _started.SetException(failure);
            return;
        }

        _started.SetResult();
        Worker<LinuxRing> worker = _worker;
        worker.Begin();
        while (!worker.IsEnded) worker.Turn();
        worker.EndRing();
        worker.CloseSockets();
        _ended.SetResult();
    }
}
