using System.Collections.Concurrent;

namespace Serval.DataPlane.Workers;

/// <summary>
/// Messages for one worker from other threads. Thread: any sends, the worker takes.
/// Bound: <see cref="Limits.MailboxMessages"/>; full: <see cref="TrySend"/> says no and the sender tries
/// again.
/// </summary>
internal sealed class Mailbox
{
    private readonly ConcurrentQueue<WorkerMessage> _messages = new();
    private int _count;

    /// <summary>Queues a message; the sender then wakes the worker.</summary>
    public bool TrySend(WorkerMessage message)
    {
        if (Interlocked.Increment(ref _count) > Limits.MailboxMessages)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _messages.Enqueue(message);
        return true;
    }

    /// <summary>Takes the oldest message.</summary>
    public bool TryTake(out WorkerMessage message)
    {
        if (!_messages.TryDequeue(out message)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
