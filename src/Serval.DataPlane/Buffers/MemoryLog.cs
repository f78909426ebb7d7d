using System.Globalization;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// Turns what workers count while memory is short into one line when a bout begins and one when it is over.
/// Owner: the router. Thread: its timer's. Bound: two lines for each bout; a bout ends after
/// <see cref="Limits.MemoryBoutEndsMs"/> without a cut connection or a missing buffer.
/// </summary>
internal sealed class MemoryLog
{
    private (long Cut, long Missing) _before;
    private (long Cut, long Missing) _begin;
    private long _lastMs;
    private bool _isShort;

    /// <summary>The line for the counts of this moment; null when there is nothing new to say.</summary>
    /// <param name="cut">Connections that were cut for memory since the start.</param>
    /// <param name="missing">Times that no buffer was left since the start.</param>
    /// <param name="nowMs">Any clock that goes on, milliseconds.</param>
    public string? Take(long cut, long missing, long nowMs)
    {
        bool hasGrown = cut > _before.Cut || missing > _before.Missing;
        if (hasGrown && !_isShort)
        {
            (_isShort, _begin) = (true, _before);
            (_before, _lastMs) = ((cut, missing), nowMs);
            return string.Create(CultureInfo.InvariantCulture,
                $"Memory of connections is short: {cut - _begin.Cut} connections cut, "
                + $"{missing - _begin.Missing} times no buffer was left. The slowest peers are cut first; in "
                + $"the access log they have the outcome cut-for-memory");
        }

        (_before, _lastMs) = ((cut, missing), hasGrown ? nowMs : _lastMs);
        if (!_isShort || nowMs - _lastMs < Limits.MemoryBoutEndsMs) return null;
        _isShort = false;
        return string.Create(CultureInfo.InvariantCulture,
            $"Memory of connections suffices again: {cut - _begin.Cut} connections were cut, "
            + $"{missing - _begin.Missing} times no buffer was left");
    }
}
