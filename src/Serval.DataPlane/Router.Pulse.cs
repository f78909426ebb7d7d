using Serval.DataPlane.Accounting;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane;

// Whether the workers still take turns. One thread asks.
public sealed partial class Router
{
    private long[]? _turns;

    /// <summary>
    /// How many workers have taken no turn since this was asked last, though they were woken then. Wakes them
    /// for the next time.
    /// </summary>
    public int TakePulse()
    {
        long[] turns = Array.ConvertAll(
            _threads, thread => thread.Worker.Counters.Read(Counter.Turns));
        int still = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            if (_turns is not null && turns[i] == _turns[i]) still++;
        }

        _turns = turns;
        foreach (WorkerThread thread in _threads) thread.Wake();
        return still;
    }
}
