using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.EndToEnd;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>How long the reconciler waits between attempts to connect, and between looks.</summary>
public sealed class PauseTests
{
    [Fact]
    public async Task Pauses_before_connecting_again_double_up_to_a_bound_and_begin_anew_behind_a_connection()
    {
        ScriptedTransport vpp = new() { HasStarted = false };
        vpp.Lose();
        HastyTime time = new(9);
        await using ReconcilingBench bench = new(
            [null, null, null, null, null, null, null, vpp, null],
            change: options => options with
            {
                Clock = time,
                ReconnectPauseMin = Limits.ReconnectPauseMin,
            });
        bench.Run();
        await Eventually.BecomesAsync(() => time.Waits.Length == 9);
        Assert.Equal([100, 200, 400, 800, 1_600, 3_000, 3_000, 100, 200], time.Waits);
    }

    [Fact]
    public async Task Vpp_is_looked_at_every_second_until_it_has_settled_and_less_often_then()
    {
        HastyTime time = new(64);
        await using ReconcilingBench bench = new(
            [new ScriptedTransport()], change: options => options with
            {
                Clock = time,
                UnsettledLookInterval = Limits.UnsettledLookInterval,
            });
        bench.Run();
        await Eventually.BecomesAsync(() => time.Waits.Length == 64);
        // A second and the pause behind a look, up to 30 seconds; then five.
        double[] looks = [.. time.Waits.Where((_, i) => i % 2 == 0)];
        double[] pauses = [.. time.Waits.Where((_, i) => i % 2 == 1)];
        Assert.Equal(28, looks.TakeWhile(wait => wait == 1_000).Count());
        Assert.All(looks[28..], wait => Assert.Equal(5_000, wait));
        Assert.All(pauses, wait => Assert.Equal(100, wait));
    }

    // While anything is missing looks go on without a rest; else they take a twentieth of the time, and come
    // at least every half minute.
    [Theory]
    [InlineData(2, 2_000, 30_000)]
    [InlineData(1, 1_000, 20_000)]
    public async Task A_look_that_takes_long_is_made_less_often(int seconds, double unsettled, double settled)
    {
        HastyTime time = new(60);
        ScriptedTransport vpp = new();
        vpp.OnObserve = () =>
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return Task.FromResult(VppState.Empty);
        };
        await using ReconcilingBench bench = new(
            [vpp], change: options => options with
            {
                Clock = time,
                UnsettledLookInterval = Limits.UnsettledLookInterval,
            });
        bench.Run();
        await Eventually.BecomesAsync(() => time.Waits.Length == 60);
        double[] looks = [.. time.Waits.Where((_, i) => i % 2 == 0)];
        Assert.Equal(unsettled, looks[0]);
        Assert.Equal(settled, looks[^1]);
        Assert.Equal([unsettled, settled], looks.Distinct());
    }

    // Options of a test or of a user that are shorter than the pause shorten it too.
    [Fact]
    public async Task The_pause_behind_a_look_is_no_longer_than_the_interval()
    {
        HastyTime time = new(4);
        await using ReconcilingBench bench = new(
            [new ScriptedTransport()], change: options => options with
            {
                Clock = time,
                UnsettledLookInterval = TimeSpan.FromMilliseconds(30),
            });
        bench.Run();
        await Eventually.BecomesAsync(() => time.Waits.Length == 4);
        Assert.Equal([30, 30, 30, 30], time.Waits);
    }
}
