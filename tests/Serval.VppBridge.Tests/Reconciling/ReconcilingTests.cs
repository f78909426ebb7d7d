using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.Planning.PlanBench;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>What the reconciler does, tells and counts, step by step.</summary>
public sealed class ReconcilingTests
{
    private const string MakeWeb = "create ACL web with 1 rules";

    [Fact]
    public async Task What_was_asked_for_before_is_put_back_and_told()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp], asked: [Acl("web", 80)]);
        int changes = 0;
        bench.Reconciler.StatusChanged += () => Interlocked.Increment(ref changes);
        Assert.Equal("not connected yet", bench.Reconciler.Status.Problem);
        Assert.False(bench.Reconciler.Status.IsReady);
        await bench.StartAsync();
        Assert.Equal("VppConnected  VPP v26.06, script", await bench.NextAsync());
        Assert.Equal($"DriftFound  needed: {MakeWeb}", await bench.NextAsync());
        Assert.Equal("DriftRepaired  1 changes", await bench.NextAsync());
        Assert.Equal([MakeWeb], vpp.Made);
        Assert.True(bench.Reconciler.Status.IsReady);
        Assert.Empty(bench.Reconciler.Status.Drift);
        Assert.Equal("", bench.Reconciler.Status.Problem);
        Assert.Equal(
            [
                "connected to VPP v26.06 pid 7 by script", $"drift: needed: {MakeWeb}",
                "put right by 1 changes",
            ],
            bench.Log);
        BridgeCounters counters = bench.Reconciler.Counters;
        Assert.Equal((1, 1, 1, 0, 0), (
            counters.Connects, counters.Drifts, counters.Repairs, counters.Rollbacks, counters.Changes));
        // Connected, drift found, put right.
        Assert.Equal(3, changes);
        Assert.Same(vpp, bench.Reconciler.RequireTransport());
        Assert.Same(vpp.State, bench.Reconciler.LastSeen);
    }

    [Fact]
    public async Task Drift_is_only_told_where_it_is_not_to_be_repaired()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new(
            [vpp], asked: [Acl("web", 80)], change: options => options with { Repair = false });
        await bench.StartAsync();
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.IsReady);
        for (int i = 0; i < 3; i++) await bench.NextAsync();
        vpp.State = VppState.Empty;
        vpp.Say(new VppEvent.InterfaceChanged(1, true, true, false));
        Assert.Equal("InterfaceUp sw_if_index 1 link up", await bench.NextAsync());
        Assert.Equal($"DriftFound  needed: {MakeWeb}", await bench.NextAsync());
        await Eventually.BecomesAsync(() => bench.Reconciler.Counters.Looks == 1);
        Assert.Equal([$"needed: {MakeWeb}"], bench.Reconciler.Status.Drift);
        Assert.False(bench.Reconciler.Status.IsReady);
        Assert.Single(vpp.Made);
        // The same drift is not told again.
        vpp.Say(new VppEvent.InterfaceChanged(1, false, false, false));
        Assert.Equal("InterfaceDown sw_if_index 1 link down", await bench.NextAsync());
        await Eventually.BecomesAsync(() => bench.Reconciler.Counters.Looks == 2);
        Assert.Equal(3, bench.Reconciler.Counters.Drifts);
        Assert.Equal(2, bench.Log.Count(line => line == $"drift: needed: {MakeWeb}"));
    }

    [Fact]
    public async Task A_change_is_made_counted_told_and_has_a_version()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        await bench.NextAsync();
        Change dry = await bench.AskAsync(Acl("web", 80), isDryRun: true);
        Assert.True(dry.Changed);
        Assert.Equal([MakeWeb], dry.Steps);
        Assert.Equal("", dry.ResourceVersion);
        Assert.Empty(vpp.Made);

        Change change = await bench.AskAsync(Acl("web", 80));
        Assert.True(change.Changed);
        Assert.Equal([MakeWeb], change.Steps);
        Assert.Empty(change.Warnings);
        Assert.Equal("1", change.ResourceVersion);
        Assert.Equal($"ChangeApplied acl/web {MakeWeb}", await bench.NextAsync());
        Assert.True(bench.Reconciler.Status.IsReady);
        Assert.Equal(1, bench.Reconciler.Counters.Changes);
        Assert.Equal("1", bench.Reconciler.Desired.VersionOf("acl/web"));

        Change again = await bench.AskAsync(Acl("web", 80), version: "1");
        Assert.False(again.Changed);
        Assert.Equal("1", again.ResourceVersion);
        Assert.Equal(1, bench.Reconciler.Counters.Changes);
        RpcException stale = await Assert.ThrowsAsync<RpcException>(
            () => bench.AskAsync(Acl("web", 81), version: "0"));
        Assert.Equal(StatusCode.Aborted, stale.StatusCode);
        Assert.Equal("resource_version: it is '1' now, not '0'; read again and retry", stale.Status.Detail);
        Assert.Single(vpp.Made);
        // It is kept: the next bridge asks for it.
        Assert.Equal(["web"], new StateFile(bench.Folder).Load().Desired.Acls.Keys);

        Assert.Equal("2", (await bench.AskAsync(Acl("more", 80))).ResourceVersion);
        Change gone = await bench.Reconciler.ChangeAsync(
            new ChangeRequest(
                "acl/web", "1", false,
                static (desired, _) => desired with { Acls = desired.Acls.Remove("web") }),
            CancellationToken.None);
        Assert.Equal(["delete ACL web"], gone.Steps);
        Assert.Equal("", gone.ResourceVersion);
        Assert.Equal("", bench.Reconciler.Desired.VersionOf("acl/web"));
    }

    [Fact]
    public async Task A_change_with_the_version_of_an_object_that_was_deleted_is_aborted()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        Assert.Equal("1", (await bench.AskAsync(Acl("web", 80))).ResourceVersion);
        await bench.Reconciler.ChangeAsync(
            new ChangeRequest(
                "acl/web", "", false,
                static (desired, _) => desired with { Acls = desired.Acls.Remove("web") }),
            CancellationToken.None);
        RpcException stale = await Assert.ThrowsAsync<RpcException>(
            () => bench.AskAsync(Acl("web", 81), version: "1"));
        Assert.Equal(StatusCode.Aborted, stale.StatusCode);
        Assert.Equal("resource_version: it is '' now, not '1'; read again and retry", stale.Status.Detail);
        Assert.Equal([MakeWeb, "delete ACL web"], vpp.Made);
        Assert.Empty(bench.Reconciler.Desired.Acls);
    }

    [Theory]
    [InlineData(false, "; everything is as it was before")]
    [InlineData(true, "; taking it back did not succeed yet and is tried again")]
    public async Task A_change_that_vpp_refuses_half_way_is_taken_back(bool refusesAll, string words)
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        vpp.OnApply = change =>
        {
            bool isMade = change is VppChange.AddAcl;
            if (isMade || !refusesAll) vpp.Make(change);
            return isMade || refusesAll
                ? Task.FromException(new VppException(VppFault.Refused, "no, says VPP"))
                : Task.CompletedTask;
        };
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => bench.AskAsync(Acl("web", 80)));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal("no, says VPP" + words, refused.Status.Detail);
        Assert.Equal([MakeWeb, "delete ACL web"], vpp.Made);
        Assert.Equal(1, bench.Reconciler.Counters.Rollbacks);
        Assert.Equal(0, bench.Reconciler.Counters.Changes);
        Assert.Equal(!refusesAll, bench.Reconciler.Status.IsReady);
        Assert.Equal(
            refusesAll ? ["no, says VPP", "still needed: delete ACL web"] : [],
            bench.Reconciler.Status.Drift);
        Assert.Empty(bench.Reconciler.Desired.Acls);
    }

    [Fact]
    public async Task A_change_during_which_vpp_goes_away_is_taken_back_later()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        vpp.OnApply = _ => Task.FromException(new VppException(VppFault.Away, "VPP does not answer"));
        RpcException lost = await Assert.ThrowsAsync<RpcException>(() => bench.AskAsync(Acl("web", 80)));
        Assert.Equal(StatusCode.Unavailable, lost.StatusCode);
        Assert.Equal(
            "VPP does not answer; what was done so far is taken back when VPP answers again",
            lost.Status.Detail);
        Assert.Equal(0, bench.Reconciler.Counters.Rollbacks);
        Assert.True(vpp.Closed.IsCompleted);
        Assert.Null(bench.Reconciler.Status.Transport);
    }

    [Fact]
    public async Task A_change_that_is_refused_by_a_vpp_that_then_goes_away_is_taken_back_later()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        vpp.OnApply = change =>
        {
            vpp.Make(change);
            vpp.OnObserve = static () =>
                Task.FromException<VppState>(new VppException(VppFault.Away, "VPP does not answer"));
            return Task.FromException(new VppException(VppFault.Refused, "no, says VPP"));
        };
        RpcException lost = await Assert.ThrowsAsync<RpcException>(() => bench.AskAsync(Acl("web", 80)));
        Assert.Equal(StatusCode.FailedPrecondition, lost.StatusCode);
        Assert.Equal(
            "no, says VPP; what was done so far is taken back when VPP answers again: VPP does not answer",
            lost.Status.Detail);
        Assert.Equal(1, bench.Reconciler.Counters.Rollbacks);
        Assert.Null(bench.Reconciler.Status.Transport);
    }

    [Fact]
    public async Task Steps_that_have_no_effect_are_given_up_after_a_few_rounds()
    {
        ScriptedTransport vpp = new() { OnApply = static _ => Task.CompletedTask };
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        RpcException fault = await Assert.ThrowsAsync<RpcException>(() => bench.AskAsync(Acl("web", 80)));
        Assert.Equal(StatusCode.Aborted, fault.StatusCode);
        Assert.StartsWith(
            $"VPP took every step 3 times, but still lacks: {MakeWeb}; ", fault.Status.Detail,
            StringComparison.Ordinal);
        Assert.Equal(Limits.PlanRoundsMax, vpp.Made.Count);
    }

    [Fact]
    public async Task What_cannot_be_made_safely_is_refused_before_anything_is_done()
    {
        ScriptedTransport vpp = new()
        {
            Danger = static change => change is VppChange.AddAcl ? "too long" : null,
        };
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        RpcException unsafeOne = await Assert.ThrowsAsync<RpcException>(
            () => bench.AskAsync(Acl("web", 80)));
        Assert.Equal(StatusCode.FailedPrecondition, unsafeOne.StatusCode);
        Assert.Equal($"cannot {MakeWeb}: too long", unsafeOne.Status.Detail);
        Assert.Empty(vpp.Made);
    }

    [Fact]
    public async Task What_cannot_be_put_back_safely_is_told_and_the_rest_is_put_back()
    {
        ScriptedTransport vpp = new()
        {
            Danger = static change =>
                change.ToString().Contains("bad", StringComparison.Ordinal) ? "too long" : null,
        };
        await using ReconcilingBench bench = new([vpp], asked: [Acl("bad", 1), Acl("web", 80)]);
        await bench.StartAsync();
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.Drift
            is ["cannot create ACL bad with 1 rules: too long", "still needed: create ACL bad with 1 rules"]);
        Assert.Equal([MakeWeb], vpp.Made);
        Assert.Equal(1, bench.Reconciler.Counters.Repairs);
    }

    [Fact]
    public async Task Nothing_is_made_before_vpp_has_run_its_start_up_configuration()
    {
        ScriptedTransport vpp = new() { HasStarted = false };
        await using ReconcilingBench bench = new([vpp], asked: [Acl("web", 80)]);
        await bench.StartAsync();
        const string waits = "VPP's start-up configuration has not run yet; nothing is made before";
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.Drift is [waits]);
        RpcException early = await Assert.ThrowsAsync<RpcException>(() => bench.AskAsync(Acl("more", 1)));
        Assert.Equal((StatusCode.Unavailable, waits), (early.StatusCode, early.Status.Detail));
        Assert.Empty(vpp.Made);
        vpp.HasStarted = true;
        vpp.Say(new VppEvent.InterfaceChanged(1, true, true, false));
        await Eventually.BecomesAsync(() => bench.Reconciler.Status.IsReady);
        Assert.Equal([MakeWeb], vpp.Made);
    }

    [Fact]
    public async Task While_vpp_is_away_callers_are_told_since_when_and_why()
    {
        ScriptedTransport vpp = new();
        ManualTime time = new();
        await using ReconcilingBench bench = new(
            [vpp], change: options => options with { Clock = time });
        RpcException before = Assert.Throws<RpcException>(() => bench.Reconciler.RequireTransport());
        Assert.Equal(StatusCode.Unavailable, before.StatusCode);
        Assert.Matches(
            @"^VPP is away since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: not connected yet$", before.Status.Detail);
        await bench.StartAsync();
        await bench.NextAsync();
        Assert.Equal(time.GetUtcNow(), bench.Reconciler.Status.Since);
        time.Advance(60_000);
        DateTimeOffset lost = time.GetUtcNow();
        vpp.Lose();
        Assert.Equal("VppLost  VPP closed the connection", await bench.NextAsync());
        // Attempts that fail later are no new loss.
        await Eventually.BecomesAsync(() =>
        {
            time.Advance(1_000);
            return bench.Reconciler.Status.Problem == "nobody listens";
        });
        Assert.Equal(lost, bench.Reconciler.Status.Since);
        Assert.Single(bench.Log, line => line == "VPP is away: VPP closed the connection");
        Assert.DoesNotContain("VPP is away: nobody listens", bench.Log);
        await Assert.ThrowsAsync<RpcException>(() => bench.Reconciler.ObserveAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Only_so_many_changes_wait()
    {
        ScriptedTransport vpp = new();
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        TaskCompletionSource<VppState> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isHeld = new();
        vpp.OnObserve = () =>
        {
            isHeld.TrySetResult();
            return held.Task;
        };
        Task first = bench.AskAsync(Acl("a0", 80));
        await isHeld.Task;
        Task[] waiting =
        [
            .. Enumerable.Range(1, Limits.ChangesWaitingMax).Select(i => bench.AskAsync(Acl($"a{i}", 80))),
        ];
        for (int i = 0; i <= Limits.ChangesWaitingMax; i++)
        {
            RpcException more = await Assert.ThrowsAsync<RpcException>(
                () => bench.AskAsync(Acl("more", 80)));
            Assert.Equal(
                (StatusCode.ResourceExhausted, "too many changes wait already, try again"),
                (more.StatusCode, more.Status.Detail));
        }

        vpp.OnObserve = null;
        held.SetResult(vpp.State);
        await first;
        await Task.WhenAll(waiting);
        Assert.Equal(1 + Limits.ChangesWaitingMax, vpp.State.Acls.Count);
        await bench.AskAsync(Acl("more", 80));
    }

    [Fact]
    public async Task Events_of_vpp_are_told_by_name()
    {
        ScriptedTransport vpp = new();
        vpp.State = VppState.Empty with
        {
            Interfaces = [Interface(1, "eth0"), Interface(2, "gone"), Interface(4, "former")],
            Peers = [new VppPeer(5, 1, Peer(2), PeerStatus.None)],
        };
        await using ReconcilingBench bench = new([vpp]);
        await bench.StartAsync();
        await bench.NextAsync();
        await Eventually.BecomesAsync(() => bench.Reconciler.LastSeen.Interfaces.Count == 3);
        // VPP gives an index that became free to the next interface.
        vpp.State = vpp.State with
        {
            Interfaces = [Interface(1, "eth0"), Interface(3, "came"), Interface(4, "latter")],
            Peers = [],
        };
        // One look answers for all of them: it ends when all are said.
        TaskCompletionSource<VppState> look = new(TaskCreationOptions.RunContinuationsAsynchronously);
        vpp.OnObserve = () => look.Task;
        VppEvent[] said =
        [
            new VppEvent.InterfaceChanged(2, true, true, true),
            new VppEvent.InterfaceChanged(4, false, false, true),
            new VppEvent.InterfaceChanged(3, true, false, false),
            new VppEvent.InterfaceChanged(1, false, true, false),
            new VppEvent.InterfaceChanged(9, false, false, true),
            new VppEvent.PeerChanged(5, PeerStatus.Established),
            new VppEvent.PeerChanged(5, PeerStatus.None),
            new VppEvent.PeerChanged(6, PeerStatus.Dead),
        ];
        foreach (VppEvent item in said) vpp.Say(item);
        look.SetResult(vpp.State);
        string[] told =
        [
            "InterfaceDeleted gone link up", "InterfaceDeleted former link down",
            "InterfaceUp came link down", "InterfaceDown eth0 link up",
            "InterfaceDeleted sw_if_index 9 link down", $"PeerEstablished {Peer(2).PublicKey}",
            "PeerDead peer 6",
        ];
        foreach (string line in told) Assert.Equal(line, await bench.NextAsync());
    }

    [Fact]
    public async Task A_watcher_that_is_slow_loses_the_oldest_and_is_told_how_many()
    {
        EventHub hub = new(TimeProvider.System);
        using EventSubscription watcher = hub.Subscribe();
        for (int i = 0; i < Limits.WatcherEventsMax + 3; i++)
            hub.Publish(EventKind.DriftFound, $"{i}", "");
        Event first = await watcher.ReadAsync(CancellationToken.None);
        Assert.Equal(("3", 3u), (first.Subject, first.LostBefore));
        Assert.Equal(0u, (await watcher.ReadAsync(CancellationToken.None)).LostBefore);
    }

    [Fact]
    public void Only_so_many_watch_and_a_place_becomes_free()
    {
        EventHub hub = new(TimeProvider.System);
        EventSubscription[] watchers =
            [.. Enumerable.Range(0, Limits.WatchersMax).Select(_ => hub.Subscribe())];
        RpcException more = Assert.Throws<RpcException>(hub.Subscribe);
        Assert.Equal(
            (StatusCode.ResourceExhausted, $"{Limits.WatchersMax} callers watch already"),
            (more.StatusCode, more.Status.Detail));
        watchers[3].Dispose();
        hub.Subscribe().Dispose();
    }

    private static VppInterface Interface(uint index, string name) => new(index, name, true, true, 1_500, []);
}
