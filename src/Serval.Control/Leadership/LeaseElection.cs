using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Leadership;

/// <summary>
/// Elects one replica with a Lease. A leader that cannot renew stops by its own monotonic clock before anyone
/// else may take over; when a lease of another has run out is judged by when this replica saw it change,
/// never by the times that are written in it.
/// </summary>
/// <remarks>
/// Owner: one gateway. Thread: one loop; the properties from any. Bounds: <see cref="LeadershipLimits"/>.
/// </remarks>
/// <param name="api">The API server.</param>
/// <param name="options">Which lease.</param>
/// <param name="time">Monotonic for deadlines; its wall clock is only written for people to read.</param>
/// <param name="random">Jitter of the retries.</param>
/// <param name="log">Receives every change of leader.</param>
internal sealed class LeaseElection(
    ApiClient api, LeaseOptions options, TimeProvider time, Random random, ILogger log)
{
    private readonly string _path =
        $"/apis/coordination.k8s.io/v1/namespaces/{options.Namespace}/leases/{options.Name}";

    private string _seenVersion = "";
    private long _seenAt;
    private long _renewedAt;
    private long _epoch;
    private volatile string _holder = "";
    private volatile bool _isHeld;

    /// <summary>
    /// True while this replica may act as leader. Asked right before every act: it turns false by the clock,
    /// without any answer from the API server.
    /// </summary>
    public bool IsLeader => _isHeld && SinceRenewalMs < options.RenewDeadlineMs;

    /// <summary>Larger for every later leader; 0 before any was seen.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    /// <summary>Who led when this replica last looked; empty for nobody.</summary>
    public string Holder => _holder;

    private double SinceRenewalMs => time.GetElapsedTime(Volatile.Read(ref _renewedAt)).TotalMilliseconds;

    /// <summary>
    /// Runs until it is cancelled. <paramref name="lead"/> is started with every term, and cancelled at its
    /// end; the next term waits for it.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await TryHoldAsync(stop))
                await ServeTermAsync(lead, stop);
            else
                await PauseAsync(stop);
        }
    }

    private async Task ServeTermAsync(Func<CancellationToken, Task> lead, CancellationToken stop)
    {
        LeadershipLog.Leading(log, options.Identity, Epoch);
        using CancellationTokenSource term = new(Timeout.InfiniteTimeSpan, time);
        term.CancelAfter(Remaining());
        await using CancellationTokenRegistration _ = stop.Register(term.Cancel);
        Task leading = LeadAsync(lead, term.Token);
        while (!term.IsCancellationRequested)
        {
            await PauseAsync(term.Token);
            if (!term.IsCancellationRequested && await TryHoldAsync(term.Token))
                term.CancelAfter(Remaining());
            else if (!_isHeld)
                await term.CancelAsync(); // another replica has it
        }
        _isHeld = false;
        await leading;
        LeadershipLog.NotLeading(log, options.Identity);
        if (stop.IsCancellationRequested)
            await ReleaseAsync();
    }

    // Work that ends early or fails is no reason to let go of the lease: it is started again after a pause.
    private async Task LeadAsync(Func<CancellationToken, Task> lead, CancellationToken term)
    {
        while (!term.IsCancellationRequested)
        {
            try
            {
                await lead(term);
            }
            catch (OperationCanceledException) when (term.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                LeadershipLog.WorkFailed(log, fault.Message);
            }
            await PauseAsync(term);
        }
    }

    private TimeSpan Remaining() =>
        TimeSpan.FromMilliseconds(Math.Max(0, options.RenewDeadlineMs - SinceRenewalMs));

    private async Task PauseAsync(CancellationToken stop)
    {
        double pauseMs = options.RetryPeriodMs * (1 + (random.NextDouble() / 5));
        await Task.Delay(TimeSpan.FromMilliseconds(pauseMs), time, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Acquires or renews; false when another holds it or the API server cannot be asked.</summary>
    private async Task<bool> TryHoldAsync(CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Math.Min(LeadershipLimits.RequestTimeoutMs, options.RenewDeadlineMs / 2));
        try
        {
            // The lease counts from before the request: the server may have taken it at any time since.
            long startedAt = time.GetTimestamp();
            ApiAnswer answer = await api.GetAsync(_path, limit.Token);
            if (answer.Status != HttpStatusCode.NotFound && !answer.IsSuccess)
                throw new ApiException(answer.Fault);
            LeaseDocument? found = answer.IsSuccess ? LeaseDocument.Read(answer.Body) : null;
            Observe(found);
            bool isOurs = found?.Holder == options.Identity;
            if (!isOurs && !IsFree(found))
                return _isHeld = false;
            LeaseDocument wanted = isOurs && _isHeld
                ? found!.Renew(options.LeaseSeconds, time.GetUtcNow())
                : (found ?? LeaseDocument.Create(options)).Acquire(
                    options.Identity, options.LeaseSeconds, time.GetUtcNow());
            return await TryWriteAsync(found is null, wanted, startedAt, limit.Token);
        }
        catch (Exception fault) when (
            fault is HttpRequestException or ApiException or JsonException or IOException
                or OperationCanceledException)
        {
            if (!stop.IsCancellationRequested)
                LeadershipLog.RenewalFailed(log, fault.Message);
            return false; // what is held stays held until its deadline
        }
    }

    private async Task<bool> TryWriteAsync(
        bool isNew, LeaseDocument wanted, long startedAt, CancellationToken stop)
    {
        ApiAnswer answer = isNew
            ? await api.SendAsync(
                HttpMethod.Post, _path[.._path.LastIndexOf('/')], wanted.Write(), "application/json", stop)
            : await api.SendAsync(HttpMethod.Put, _path, wanted.Write(), "application/json", stop);
        if (answer.Status == HttpStatusCode.Conflict)
            return false; // another was faster, or someone edited it: the next look decides
        if (!answer.IsSuccess)
            throw new ApiException(answer.Fault);
        Observe(LeaseDocument.Read(answer.Body));
        Volatile.Write(ref _renewedAt, startedAt);
        return _isHeld = true;
    }

    private void Observe(LeaseDocument? found)
    {
        string version = found?.ResourceVersion ?? "";
        if (version != _seenVersion)
            _seenAt = time.GetTimestamp();
        _seenVersion = version;
        Interlocked.Exchange(ref _epoch, Math.Max(Epoch, found?.Epoch ?? 0));
        _holder = found?.Holder ?? "";
    }

    private bool IsFree(LeaseDocument? found) =>
        found is null
        || found.Holder.Length == 0
        || time.GetElapsedTime(_seenAt).TotalSeconds >= Math.Max(1, found.DurationSeconds);

    // All work has ended: whoever takes over need not wait.
    private async Task ReleaseAsync()
    {
        using CancellationTokenSource limit = new(LeadershipLimits.RequestTimeoutMs);
        try
        {
            ApiAnswer answer = await api.GetAsync(_path, limit.Token);
            if (!answer.IsSuccess || LeaseDocument.Read(answer.Body) is not { } found
                || found.Holder != options.Identity)
                return;
            byte[] released = found.Release(time.GetUtcNow()).Write();
            await api.SendAsync(HttpMethod.Put, _path, released, "application/json", limit.Token);
        }
        catch (Exception fault) when (
            fault is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            LeadershipLog.RenewalFailed(log, fault.Message);
        }
    }
}
