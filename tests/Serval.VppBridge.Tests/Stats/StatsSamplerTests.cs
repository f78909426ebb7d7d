using Serval.VppBridge.Model;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Reconciling;

namespace Serval.VppBridge.Tests.Stats;

/// <summary>What was counted is shown while it is true, and no longer.</summary>
public sealed class StatsSamplerTests
{
    private static readonly InterfaceCounters Counted = new("x", 1, 7, 700, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public async Task What_the_last_vpp_counted_is_not_shown_for_the_next_one()
    {
        ScriptedTransport first = new() { Counters = [Counted] }, second = new();
        await using ReconcilingBench bench = new([first, second]);
        await bench.StartAsync();
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        StatsSampler sampler = SamplerOf(bench, time, stop.Token);
        Task sampling = sampler.RunAsync();
        await Eventually.BecomesAsync(() => sampler.Samples.Count == 1);
        first.Lose();
        await Eventually.BecomesAsync(() => ReferenceEquals(bench.Reconciler.Status.Transport, second));
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesAsync(() => sampler.Samples.Count == 0);
        await stop.CancelAsync();
        await sampling;
    }

    [Fact]
    public async Task What_cannot_be_read_any_more_is_shown_until_it_is_old()
    {
        ScriptedTransport vpp = new() { Counters = [Counted] };
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        StatsSampler sampler = SamplerOf(bench, time, stop.Token);
        Task sampling = sampler.RunAsync();
        await Eventually.BecomesAsync(() => sampler.Samples.Count == 1);
        Assert.Equal(7u, Assert.Single(sampler.Samples).Interfaces["x"].RxPackets);
        vpp.Counters = null;
        time.Advance(Limits.SampleAgeMax + TimeSpan.FromSeconds(1));
        await Eventually.BecomesAsync(() => sampler.Samples.Count == 0);
        await stop.CancelAsync();
        await sampling;
    }

    // There is no segment: the transport is asked.
    private static StatsSampler SamplerOf(
        ReconcilingBench bench, TimeProvider time, CancellationToken stop) =>
        new(bench.Reconciler, Path.Combine(bench.Folder, "stats.sock"), time, stop);
}
