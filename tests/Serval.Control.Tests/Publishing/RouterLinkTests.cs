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
        await TakeFirstPushAsync(fleet, router);
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
        await TakeFirstPushAsync(fleet, router);
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

    // It has no configuration that would say which keys are missing.
    [Fact]
    public async Task A_router_that_has_restarted_with_nothing_gets_its_keys_before_its_configuration()
    {
        await using ScriptedRouter router = new();
        await using RouterFleet fleet = await PublishAsync(router);
        await TakeFirstPushAsync(fleet, router);
        (router.Failures, router.Version) = (1, "");
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Failure.Length > 0);
        await router.NextAsync("GET /findings");
        Assert.Contains("\"c\"", await router.NextAsync("PUT /secrets"), StringComparison.Ordinal);
        await router.NextAsync("PUT /config");
    }

    // While it fails, a router is left alone for a pause, whatever changes meanwhile.
    [Fact]
    public async Task A_router_that_answers_again_gets_the_next_change_at_once()
    {
        await using ScriptedRouter router = new() { Version = "one", Failures = 1 };
        ManualTime time = new();
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (true, 1), time, NullLogger.Instance);
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, []);
        await UpdateAsync(fleet, router);
        await router.NextAsync("GET /findings");
        time.Advance(await time.Waits.ReadAsync().AsTask().WaitAsync(Patience));
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Sequence == 1);
        // Nobody moves the clock.
        fleet.Offer(new Snapshot { Version = "two" }, sequence: 2, generation: 2, []);
        await router.NextAsync("PUT /config");
    }

    // A router drops the keys of certificates that its configuration no longer names.
    [Fact]
    public async Task A_key_that_was_not_wanted_for_a_while_is_given_again()
    {
        await using ScriptedRouter router = new();
        await using RouterFleet fleet = await PublishAsync(router);
        KeyPair pair = Assert.Single(fleet.Target!.KeyPairs);
        await TakeFirstPushAsync(fleet, router);
        fleet.Offer(new Snapshot { Version = "two" }, sequence: 2, generation: 2, []);
        await router.NextAsync("PUT /config");
        fleet.Offer(new Snapshot { Version = "three" }, sequence: 3, generation: 3, [pair]);
        Assert.Contains("\"c\"", await router.NextAsync("PUT /secrets"), StringComparison.Ordinal);
        await router.NextAsync("PUT /config");
    }

    [Fact]
    public async Task A_router_that_is_not_where_a_delta_begins_gets_the_whole()
    {
        await using ScriptedRouter router = new();
        await using RouterFleet fleet = await PublishAsync(router);
        await TakeFirstPushAsync(fleet, router);
        router.Refusal = (409, "wrong-base");
        fleet.Offer(
            new Snapshot { Version = "two" }, sequence: 2, generation: 2, fleet.Target!.KeyPairs);
        Assert.Contains("baseVersion", await router.NextAsync("PUT /config"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "baseVersion", await router.NextAsync("PUT /config"), StringComparison.Ordinal);
        await UntilAsync(fleet, state => state.FullPushes == 2);
    }

    [Fact]
    public async Task A_replica_that_a_router_knows_to_be_behind_leaves_it_to_the_leader_again()
    {
        await using ScriptedRouter router = new() { Version = "other", Refusal = (409, "stale-term") };
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (false, 1), _time, NullLogger.Instance);
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, []);
        await UpdateAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Version == "other");
        _time.Advance(PublishingLimits.StandbyMs);
        await UpdateAsync(fleet, router);
        await router.NextAsync("PUT /config");
        await UntilAsync(fleet, state => state.FailedPushes == 1);

        // It is asked at once, and a while later, and not pushed to.
        await UpdateAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state.Version == "other");
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
    }

    [Fact]
    public async Task A_refusal_is_over_once_the_router_runs_the_version_all_the_same()
    {
        await using ScriptedRouter router = new() { Version = "other", Refusal = (422, "") };
        bool leads = true;
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (leads, 1), _time, NullLogger.Instance);
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, []);
        await UpdateAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await router.NextAsync("PUT /config");
        await UntilAsync(fleet, state => state.RefusedSequence == 1);
        // The next leader has pushed it there.
        (leads, router.Version) = (false, "one");
        await AskAgainAsync(fleet, router);
        await router.NextAsync("GET /findings");
        await UntilAsync(fleet, state => state is { Sequence: 1, RefusedSequence: 0 });
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

    // A router is asked what it has, and gets its keys before its configuration.
    private static async Task TakeFirstPushAsync(RouterFleet fleet, ScriptedRouter router)
    {
        await router.NextAsync("GET /findings");
        Assert.Contains("\"c\"", await router.NextAsync("PUT /secrets"), StringComparison.Ordinal);
        await router.NextAsync("PUT /config");
        await UntilAsync(fleet, state => state.Pushes == 1);
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
