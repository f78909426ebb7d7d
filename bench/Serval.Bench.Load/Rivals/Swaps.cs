using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// Changes Serval's configuration at a constant rate, as an editor or a mounted ConfigMap does: by putting
/// another file in the old one's place.
/// </summary>
/// <remarks>Owner: one contender. Thread: the loop's. Bound: one change in progress.</remarks>
internal sealed class Swaps(ProxyPlace place, string templates, int perSecond)
{
    private readonly string _path = Path.Combine(place.Directory, ServalFiles.SwapFile);
    private RateSchedule _schedule;
    private bool _isStarted;

    /// <summary>Changes made so far.</summary>
    public int Count { get; private set; }

    /// <summary>Begins anew: what was not made while others were measured is not made up for.</summary>
    public void Restart() => _isStarted = false;

    /// <summary>Makes a change when one is due.</summary>
    public void Turn(long nowNs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _schedule = new RateSchedule(nowNs, perSecond);
        }

        if (_schedule.TryTake(nowNs, out _))
        {
            Count++;
            string next = $"{place.Directory}.next";
            File.WriteAllText(next, ServalFiles.SwapRoute(place, templates, Count));
            File.Move(next, _path, overwrite: true);
        }
    }
}
