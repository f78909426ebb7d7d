using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Stats;

/// <summary>Reads the counters once a second and keeps a minute of them for rates. The segment is opened anew
/// for every connection to VPP: the memory of a VPP that died stays readable and stands still. Thread: one
/// loop writes, any reads.</summary>
internal sealed class StatsSampler(
    Reconciler reconciler, string socketPath, TimeProvider clock, CancellationToken stop)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private volatile StatsSample[] _samples = [];

    /// <summary>Samples, the newest last; empty while VPP is away.</summary>
    public IReadOnlyList<StatsSample> Samples => _samples;

    public async Task RunAsync()
    {
        StatsSegment? segment = null;
        IVppTransport? of = null;
        try
        {
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                IVppTransport? transport = reconciler.Status.Transport;
                if (!ReferenceEquals(of, transport))
                {
                    segment?.Dispose();
                    segment = null;
                    of = transport;
                    _samples = [];
                }

                // VPP may open its sockets one after the other, so a missing segment is asked for again.
                if (transport is not null)
                    segment ??= TryOpen();

                if (transport is not null
                    && await TryReadAsync(segment, transport).ConfigureAwait(false) is { } sample)
                {
                    // Rates are of interfaces: the counters of rules are kept once.
                    _samples = [.. _samples.TakeLast(Limits.SamplesMax - 1).Select(WithoutRules), sample];
                }
                else
                {
                    // Whatever was wrong with the segment, the next one may be right.
                    segment?.Dispose();
                    segment = null;
                    if (_samples is [.., var last] && clock.GetUtcNow() - last.At > Limits.SampleAgeMax)
                        _samples = [];
                }
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        finally
        {
            segment?.Dispose();
        }
    }

    private static StatsSample WithoutRules(StatsSample sample) =>
        sample.AclRules.Count == 0
            ? sample
            : sample with { AclRules = new Dictionary<uint, RuleCounters[]>() };

    private StatsSegment? TryOpen()
    {
        try
        {
            return StatsSegment.Open(socketPath);
        }
        catch (Exception e) when (e is VppException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<StatsSample?> TryReadAsync(StatsSegment? segment, IVppTransport transport)
    {
        try
        {
            if (segment is not null)
                return segment.Read(clock.GetUtcNow());
            IReadOnlyList<InterfaceCounters>? counters = await transport.ReadCountersAsync(stop)
                .ConfigureAwait(false);
            if (counters is null)
                return null;
            var named = new Dictionary<string, InterfaceCounters>(StringComparer.Ordinal);
            foreach (InterfaceCounters item in counters)
                named.TryAdd(item.Name, item);
            return new StatsSample(clock.GetUtcNow(), "cli", named, new Dictionary<uint, RuleCounters[]>());
        }
        catch (VppException e)
        {
            // An answer of the CLI that cannot be read is the end of its session.
            if (segment is null && e.Fault == VppFault.Away)
                await transport.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }
}
