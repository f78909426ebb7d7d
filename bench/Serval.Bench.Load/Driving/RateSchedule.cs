namespace Serval.Bench.Load.Driving;

/// <summary>
/// When the requests of an open loop are meant to start: at a constant rate, whatever became of the earlier
/// ones. Latency counts from this time, so a stall of the proxy is seen by every request that it delayed.
/// </summary>
internal struct RateSchedule(long startNs, int perSecond)
{
    private long _taken;

    /// <summary>Takes the next start if it is due.</summary>
    public bool TryTake(long nowNs, out long intendedNs)
    {
        intendedNs = startNs + (long)((Int128)_taken * 1_000_000_000 / perSecond);
        if (intendedNs > nowNs)
        {
            return false;
        }

        _taken++;
        return true;
    }
}
