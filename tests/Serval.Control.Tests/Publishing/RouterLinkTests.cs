using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Control.Publishing;

namespace Serval.Control.Tests.Publishing;

/// <summary>What a link makes of the answers of its router.</summary>
public sealed class RouterLinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SteppedTime _time = new();

    [Fact]
    public async Task A_router_that_waits_for_keys_gets_them_again()
    {
        await using ScriptedRouter router = new();
        await using RouterFleet fleet = await PublishAsync(router);
        await router.NextAsync("GET /findings");
        Assert.Contains("\"c\"", await router.NextAsync("PUT /secrets"), StringComparison.Ordinal);
        await router.NextAsync("PUT /config");
        await UntilAsync(fleet, state => state.Pushes == 1);
        // It has restarted: from its disk it has the configuration, and no keys.
        router.IsWaiting = true;
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        Assert.Contains("\"c\"", await router.NextAsync("PUT /secrets"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_somebody_else_has_configured_gets_the_whole_and_no_delta()
    {
        await using ScriptedRouter router = new();
        await using RouterFleet fleet = await PublishAsync(router);
        await router.NextAsync("GET /findings");
        await router.NextAsync("PUT /secrets");
        await router.NextAsync("PUT /config");
        await UntilAsync(fleet, state => state.Pushes == 1);
        router.Version = "other";
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        Assert.DoesNotContain(
            "baseVersion", await router.NextAsync("PUT /config"), StringComparison.Ordinal);
        await UntilAsync(fleet, state => state.FullPushes == 2);
    }

    [Fact]
    public async Task What_a_router_says_of_another_version_is_not_taken_for_an_answer_to_ours()
    {
        await using ScriptedRouter router = new()
        {
            Version = "other",
            Findings = """{"severity":"error","subject":"s","field":"f","reason":"r","message":"m"}""",
        };
        // Another replica leads, so this one pushes nothing.
        await using RouterFleet fleet = await PublishAsync(router, isLeader: false);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Version == "other");
        Assert.Empty(fleet.State.Routers[0].Findings);
        router.Version = "one";
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Version == "one");
        Assert.Equal("m", Assert.Single(fleet.State.Routers[0].Findings).Message);
    }

    // By these a router refuses what an earlier leader, or the same one with an older look, still sends.
    [Fact]
    public async Task A_push_says_its_epoch_and_the_generation_of_its_target()
    {
        await using RecordingRouter router = new();
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (true, 7), _time, NullLogger.Instance);
        fleet.Offer(new Snapshot { Version = "v1" }, sequence: 3, generation: 5, []);
        await fleet.UpdateAsync([new RouterEndpoint("r", router.Root, null, IsReady: true)]);
        await UntilAsync(fleet, state => state.Pushes == 1);
        Assert.Equal(("7", "5"), Assert.Single(router.Terms));
    }

    [Fact]
    public async Task A_router_that_was_long_in_step_is_left_to_the_leader_when_a_change_comes()
    {
        await using ScriptedRouter router = new() { Version = "one" };
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (false, 1), _time, NullLogger.Instance);
        await UpdateAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Version == "one");
        _time.Advance(PublishingLimits.StandbyMs);
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, []);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Sequence == 1);

        fleet.Offer(new Snapshot { Version = "two" }, sequence: 2, generation: 2, []);
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        // The leader has had its time.
        _time.Advance(PublishingLimits.StandbyMs);
        await UpdateAsync(fleet, router);
        await router.NextAsync("PUT /config");
    }

    private async Task<RouterFleet> PublishAsync(ScriptedRouter router, bool isLeader = true)
    {
        RouterFleet fleet = new(new RouterAccess(), () => (isLeader, 1), _time, NullLogger.Instance);
        KeyPair pair = new()
        {
            Name = "c",
            Digest = "d",
            ChainPem = Encoding.ASCII.GetBytes("chain"),
            PrivateKeyPem = Encoding.ASCII.GetBytes("key"),
        };
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, [pair]);
        await UpdateAsync(fleet, router);
        return fleet;
    }

    // Its time has come, and it is woken.
    private async Task AskAgainAsync(RouterFleet fleet, ScriptedRouter router)
    {
        _time.Advance(PublishingLimits.CheckPeriodMs);
        await UpdateAsync(fleet, router);
    }

    private static Task UpdateAsync(RouterFleet fleet, ScriptedRouter router) =>
        fleet.UpdateAsync([new RouterEndpoint("r", router.Address, null, IsReady: true)]);

    private static async Task UntilAsync(RouterFleet fleet, Func<RouterState, bool> isSo)
    {
        using CancellationTokenSource limit = new(Patience);
        Channel<bool> changes = Channel.CreateUnbounded<bool>();
        void Tell() => changes.Writer.TryWrite(true);
        fleet.Changed += Tell;
        while (!isSo(fleet.State.Routers[0]))
            await changes.Reader.ReadAsync(limit.Token);
        fleet.Changed -= Tell;
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _milliseconds = 1_000_000;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Interlocked.Read(ref _milliseconds);

        public void Advance(int milliseconds) => Interlocked.Add(ref _milliseconds, milliseconds);
    }
}
