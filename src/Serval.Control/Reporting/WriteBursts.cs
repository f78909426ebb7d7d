namespace Serval.Control.Reporting;

/// <summary>
/// Tells a burst of writes that is over from writes that come one by one. Pure: the caller says how many
/// there were and that it was quiet. Owner: one loop.
/// </summary>
internal sealed class WriteBursts
{
    private long _atRest;

    /// <summary>Whether anything was written since the last rest.</summary>
    /// <param name="writes">Writes so far.</param>
    public bool HasBegun(long writes) => writes != _atRest;

    /// <summary>
    /// Notes that nothing was written for <see cref="ReportingLimits.RestMs"/>; true when a burst of at least
    /// <see cref="ReportingLimits.BurstWrites"/> came before.
    /// </summary>
    /// <param name="writes">Writes so far.</param>
    public bool Rest(long writes)
    {
        bool wasBurst = writes - _atRest >= ReportingLimits.BurstWrites;
        _atRest = writes;
        return wasBurst;
    }
}
