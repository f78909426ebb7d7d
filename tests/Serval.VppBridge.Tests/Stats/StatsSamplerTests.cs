using Serval.VppBridge.Model;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Reconciling;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

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

    [Fact]
    public async Task Counters_are_kept_for_a_minute_and_those_of_rules_once()
    {
        await using ReconcilingBench bench = new([new ScriptedTransport()]);
        await bench.StartAsync();
        using SimulatedStats segment = new(bench.Folder);
        segment.Write(["local0", "x"], [[(0, 0), (7, 700)]], [0, 0], new() { [0] = [(2, 120)] });
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        StatsSampler sampler = SamplerOf(bench, time, stop.Token);
        Task sampling = sampler.RunAsync();
        for (int second = 0; second < Limits.SamplesMax + 5; second++)
        {
            DateTimeOffset now = time.GetUtcNow();
            await Eventually.BecomesAsync(() => sampler.Samples is [.., var last] && last.At == now);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await stop.CancelAsync();
        await sampling;
        Assert.Equal(Limits.SamplesMax, sampler.Samples.Count);
        Assert.Single(sampler.Samples, sample => sample.AclRules.Count > 0);
        Assert.Equal(120u, Assert.Single(sampler.Samples[^1].AclRules[0]).Bytes);
    }

    [Fact]
    public async Task A_segment_that_never_comes_to_rest_is_asked_for_anew()
    {
        await using ReconcilingBench bench = new([new ScriptedTransport()]);
        await bench.StartAsync();
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        StatsSampler sampler = SamplerOf(bench, time, stop.Token);
        using SimulatedStats left = new(bench.Folder);
        left.Write(["local0", "x"], [[(0, 0), (7, 700)]], [0, 0], []);
        Task sampling = sampler.RunAsync();
        await Eventually.BecomesAsync(() => sampler.Samples.Count == 1);
        left.WriteHeader(3, 1);
        File.Delete(left.SocketPath);
        File.Delete(Path.Combine(bench.Folder, "segment"));
        using SimulatedStats next = new(bench.Folder);
        next.Write(["local0", "x"], [[(0, 0), (9, 900)]], [0, 0], []);
        // One look finds out, the next one finds what is there now.
        await Eventually.BecomesAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return sampler.Samples is [.., var last] && last.Interfaces["x"].RxPackets == 9;
        });
        await stop.CancelAsync();
        await sampling;
    }

    [Fact]
    public async Task A_connection_whose_counters_cannot_be_read_is_left()
    {
        ScriptedTransport vpp = new() { CountersFault = VppFault.Away };
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        using CancellationTokenSource stop = new();
        Task sampling = SamplerOf(bench, new ManualTime(), stop.Token).RunAsync();
        await vpp.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await sampling;
    }

    // There is no segment: the transport is asked.
    private static StatsSampler SamplerOf(
        ReconcilingBench bench, TimeProvider time, CancellationToken stop) =>
        new(bench.Reconciler, Path.Combine(bench.Folder, "stats.sock"), time, stop);
}
