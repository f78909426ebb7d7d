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
        await asked.Task;
        first.Lose();
        await Eventually.BecomesAsync(() => ReferenceEquals(reconciler.Status.Transport, second));
        Assert.False(reconciler.Status.IsReady);

        look.SetException(new VppException(VppFault.Away, "said late"));
        await Assert.ThrowsAnyAsync<Exception>(() => change);
        Assert.Same(second, reconciler.Status.Transport);
        await Eventually.BecomesAsync(() => reconciler.Status.IsReady);
    }
}
