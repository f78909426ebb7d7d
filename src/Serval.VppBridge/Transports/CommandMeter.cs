using System.Collections.Concurrent;

namespace Serval.VppBridge.Transports;

/// <summary>How long commands to VPP took, by what they were for and how they ended. Both are words of ours,
/// so the series are bounded by them. Thread: any.</summary>
internal sealed class CommandMeter(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Command, string Outcome), Histogram> _series = new();

    public IEnumerable<(string Command, string Outcome, Histogram Taken)> Series => _series
        .Select(s => (s.Key.Command, s.Key.Outcome, s.Value))
        .OrderBy(s => s.Command, StringComparer.Ordinal).ThenBy(s => s.Outcome, StringComparer.Ordinal);

    public async Task<T> MeasureAsync<T>(string command, Func<Task<T>> run)
    {
        long start = clock.GetTimestamp();
        string outcome = "cancelled";
        try
        {
            T result = await run().ConfigureAwait(false);
            outcome = "ok";
            return result;
        }
        catch (VppException e)
        {
            outcome = NameOf(e.Fault);
            throw;
        }
        finally
        {
            _series.GetOrAdd((command, outcome), _ => new Histogram()).Observe(clock.GetElapsedTime(start));
        }
    }

    private static string NameOf(VppFault fault) => fault switch
    {
        VppFault.Away => "away",
        VppFault.Refused => "refused",
        VppFault.Misunderstood => "misunderstood",
        VppFault.Unsafe => "unsafe",
        _ => "unknown",
    };
}
