using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>A change can still wait on a connection that is lost when the next one is made.</summary>
public sealed class LostConnectionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lost");

    [Fact]
    public async Task What_a_lost_connection_says_does_not_count_against_the_next_one()
    {
        HeldTransport first = new(), second = new();
        Queue<HeldTransport> connections = new([first, second]);
        using var stop = new CancellationTokenSource();
        using Reconciler reconciler = new(
            new ReconcilerOptions
            {
                Connect = _ => Task.FromResult<IVppTransport>(connections.Dequeue()),
                File = new StateFile(_folder.FullName),
                ReconnectPauseMin = TimeSpan.FromMilliseconds(1),
                UnsettledLookInterval = TimeSpan.FromHours(1),
            },
            stop.Token);
        Task running = reconciler.RunAsync();
        await Eventually.BecomesAsync(() => reconciler.Status.IsReady);
        TaskCompletionSource<Model.VppState> look = first.Hold();
        Task change = reconciler.ChangeAsync(
            new ChangeRequest("acl/web", "", false, (desired, _) => desired), CancellationToken.None);
        await first.Asked;
        first.Lose();
        await Eventually.BecomesAsync(() => ReferenceEquals(reconciler.Status.Transport, second));
        Assert.False(reconciler.Status.IsReady);

        look.SetException(new VppException(VppFault.Away, "said late"));
        await Assert.ThrowsAnyAsync<Exception>(() => change);
        Assert.Same(second, reconciler.Status.Transport);
        await Eventually.BecomesAsync(() => reconciler.Status.IsReady);
        await stop.CancelAsync();
        await running;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
