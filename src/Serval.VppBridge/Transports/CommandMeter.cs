using Prometheus;

namespace Serval.VppBridge.Transports;

/// <summary>How long commands to VPP took, by what they were for and how they ended. Both are words of ours,
/// so the series are bounded by them. Thread: any.</summary>
internal sealed class CommandMeter
{
    /// <summary>Inclusive upper bounds in seconds. A command has <see cref="Limits.CallTimeout"/>; a change
    /// of many commands takes longer.</summary>
    public static readonly HistogramConfiguration Durations = new()
    {
        Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        ExemplarBehavior = ExemplarBehavior.NoExemplars(),
    };

    private readonly TimeProvider _clock;
    private readonly Histogram _taken;

    /// <summary>Adds its series to a registry.</summary>
    public CommandMeter(CollectorRegistry registry, TimeProvider clock)
    {
        _clock = clock;
        _taken = Metrics.WithCustomRegistry(registry).CreateHistogram(
            "serval_vpp_command_duration_seconds", "Commands to VPP by what they do and how they ended.",
            ["command", "outcome"], Durations);
    }

    /// <summary>Runs a command and keeps how long it took.</summary>
    public async Task<T> MeasureAsync<T>(string command, Func<Task<T>> run)
    {
        long start = _clock.GetTimestamp();
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
            _taken.WithLabels(command, outcome).Observe(_clock.GetElapsedTime(start).TotalSeconds);
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
