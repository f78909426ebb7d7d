using Grpc.Core;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>A change can still wait on a connection that is lost when the next one is made.</summary>
public sealed class LostConnectionTests
{
    [Fact]
    public async Task What_a_lost_connection_says_does_not_count_against_the_next_one()
    {
        ScriptedTransport first = new(), second = new();
        await using ReconcilingBench bench = new([first, second]);
        Reconciler reconciler = bench.Reconciler;
        bench.Run();
        await Eventually.BecomesAsync(() => reconciler.Status.IsReady);
        TaskCompletionSource<VppState> look = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        first.OnObserve = () =>
        {
            asked.TrySetResult();
            return look.Task;
        };
        Task change = reconciler.ChangeAsync(
            new ChangeRequest("acl/web", "", false, (desired, _) => desired), CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        first.Lose();
        await Eventually.BecomesAsync(() => ReferenceEquals(reconciler.Status.Transport, second));
        Assert.False(reconciler.Status.IsReady);

        look.SetException(new VppException(VppFault.Away, "said late"));
        await Assert.ThrowsAnyAsync<Exception>(() => change);
        Assert.Same(second, reconciler.Status.Transport);
        await Eventually.BecomesAsync(() => reconciler.Status.IsReady);
    }

    [Fact]
    public async Task A_check_that_ends_after_its_connection_was_lost_does_not_say_that_all_is_in_place()
    {
        TaskCompletionSource<VppState> look = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedTransport vpp = new();
        vpp.OnObserve = () =>
        {
            asked.TrySetResult();
            return look.Task;
        };

        // Nobody moves the clock: there is no next attempt to connect.
        await using ReconcilingBench bench = new(
            [vpp], change: options => options with { Clock = new ManualTime() });
        Reconciler reconciler = bench.Reconciler;
        bench.Run();
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        vpp.OnObserve = static () =>
            Task.FromException<VppState>(new VppException(VppFault.Away, "VPP does not answer"));
        await Assert.ThrowsAsync<RpcException>(() => reconciler.ObserveAsync(CancellationToken.None));
        Assert.Null(reconciler.Status.Transport);

        TaskCompletionSource<BridgeStatus> said = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reconciler.StatusChanged += () => said.TrySetResult(reconciler.Status);
        look.SetResult(VppState.Empty);
        BridgeStatus status = await said.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Null(status.Transport);
        Assert.False(status.IsConverged);
        Assert.Equal("VPP does not answer", status.Problem);
    }
}
