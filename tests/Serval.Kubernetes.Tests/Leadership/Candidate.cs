using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Leadership;

namespace Serval.Kubernetes.Tests.Leadership;

/// <summary>A running election and a leader's work that notes when it runs.</summary>
internal sealed class Candidate : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _api;
    private readonly Task _running;
    private int _working;
    private int _terms;

    public Candidate(
        string kubeconfig, string lease, string identity, TimeProvider? time = null, int leaseSeconds = 3)
    {
        _api = new ApiClient(ApiConnection.Of(kubeconfig), TimeProvider.System);
        LeaseOptions options = new("default", lease, identity)
        {
            LeaseSeconds = leaseSeconds,
            RenewDeadlineMs = 2_000,
            RetryPeriodMs = 200,
        };
        Election = new LeaseElection(
            _api, options, time ?? TimeProvider.System, new Random(1), NullLogger.Instance);
        _running = Election.RunAsync(WorkAsync, _stop.Token);
    }

    public LeaseElection Election { get; }

    public bool IsWorking => Volatile.Read(ref _working) > 0;

    public int Terms => Volatile.Read(ref _terms);

    public Task WorksAsync() => Deadline.UntilAsync(() => IsWorking, isWorking => isWorking);

    public Task RestsAsync() => Deadline.UntilAsync(() => IsWorking, isWorking => !isWorking);

    /// <summary>Ends as a process does that is asked to: the lease is given back.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _api.Dispose();
    }

    private async Task WorkAsync(CancellationToken term)
    {
        Interlocked.Increment(ref _working);
        Interlocked.Increment(ref _terms);
        await Task.Delay(Timeout.Infinite, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _working);
    }
}
