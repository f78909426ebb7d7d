using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Tls.OpenSsl;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane;

/// <summary>
/// The data plane of one process: its workers and what is published to them. Methods may be called from any
/// thread; they are meant for the control side and may wait, the workers never wait for them.
/// </summary>
public sealed partial class Router : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);
    private readonly WorkerThread[] _threads;
    private readonly Publisher _publisher;
    private readonly CertificateStore _certificates = new();
    private readonly AccessLog? _accessLog;
    private readonly Timer _sweep;
    private readonly AgingCertificates _aging;
    private readonly EndpointLog _endpointLog = new();
    private readonly MemoryLog _memoryLog = new();
    private readonly ILogger _logger;
    // The last notice: one that has not changed is not repeated with every snapshot.
    private Finding? _noticed;
    private string? _accessLogFailure;
    private bool _isDisposed;
    private bool _isDraining;

    private Router(
        WorkerThread[] threads, LiveConfiguration live, AccessLog? accessLog, ILogger logger,
        Timeouts timeouts, TimeProvider time)
    {
        _threads = threads;
        _aging = new AgingCertificates(time);
        _publisher = new Publisher(threads, live, timeouts, _certificates, time: time);
        _accessLog = accessLog;
        _logger = logger;
        _sweep = new Timer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>The snapshot that is live; null before the first.</summary>
    public Snapshot? Live => _publisher.Live;

    /// <summary>
    /// Why new requests cannot be routed here; null when they can. A router whose every listener failed to
    /// bind has a configuration and serves nobody.
    /// </summary>
    public string? NotReadyReason
    {
        get
        {
            if (Volatile.Read(ref _isDraining)) return "draining";
            if (_publisher.Live is null) return "no configuration is live yet";
            (int open, int wanted) = _publisher.Sockets;
            return open == 0 && wanted > 0
                ? $"none of the {wanted} listening sockets could be opened; the log says why" : null;
        }
    }

    /// <summary>What is wrong with the configuration now, as far as the data plane can tell.</summary>
    public ImmutableArray<Finding> Findings => [.. _publisher.Findings, .. _aging.Find(_publisher.Live)];

    /// <summary>Starts the workers; nothing is served until the first snapshot is applied.</summary>
    /// <exception cref="RingException">The kernel lacks something; the message names it with its
    /// remedy.</exception>
    public static Router Start(RouterOptions options, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger("Serval.DataPlane");
        int[] processors = options.Cpus.IsDefaultOrEmpty ? ThreadAffinity.Allowed() : [.. options.Cpus];
        int count = options.Workers > 0 ? options.Workers : processors.Length;
        // Direct descriptors of one ring may be as many as the process may have open; raise that first.
        ulong allowed = DescriptorLimit.Raise(Limits.ConnectionSlots + 1_024);
        int slots = (int)Math.Min(Limits.ConnectionSlots, Math.Max(allowed, 256));
        LiveConfiguration live = new();
        TrustedProxies trusted = new(options.TrustedProxies);
        AccessLog? accessLog = options.AccessLog is null ? null : AccessLog.Open(options.AccessLog, count);
        WorkerThread[] threads = new WorkerThread[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                WorkerOptions worker = new()
                {
                    Index = i,
                    ConnectionSlots = slots,
                    Timeouts = options.Timeouts,
                    WritesReasonHeader = options.WritesReasonHeader,
                    Requests = options.Requests,
                    PathPolicy = options.PathPolicy,
                    ServesHalfClosed = options.ServesHalfClosed,
                    CountsEndpoints = options.CountsEndpoints,
                    AddsRequestIds = options.AddsRequestIds,
                    TrustedProxies = trusted,
                    Seed = (ulong)Environment.TickCount64 ^ ((ulong)Environment.ProcessId << 32) ^ (
                    (ulong)i << 56),
                    AccessLog = accessLog?.Of(i),
                };
                threads[i] = WorkerThread.Start(worker, processors[i % processors.Length], live);
            }
        }
        catch (RingException)
        {
            foreach (WorkerThread? thread in threads) thread?.Stop();
            accessLog?.Dispose();
            throw;
        }

        LogStarted(logger, count, slots);
        return new Router(threads, live, accessLog, logger, options.Timeouts, options.Time)
        {
            MachineFindings = FindFewDescriptors(slots),
        };
    }

    /// <summary>
    /// Makes a snapshot live: validated, compiled, swapped in on every worker. On a nack nothing changes,
    /// except when the finding is <c>NotAdopted</c>: then some workers serve it already.
    /// Listeners whose socket could not be opened are named in the findings of an ack; the others are up, and
    /// those are tried again every second.
    /// </summary>
    public ApplyResult Apply(Snapshot snapshot)
    {
        Snapshot? before = _publisher.Live;
        ApplyResult result = _publisher.Apply(snapshot);
        if (result.IsAccepted) _aging.Tell(snapshot);
        if (result.IsAccepted) LogChanges(before, snapshot);
        else LogRefused(_logger, snapshot.Version);
        foreach (Finding finding in result.Findings)
        {
            if (finding.Severity == Severity.Error) LogError(_logger, finding.ToLogText());
            else if (finding.Severity == Severity.Warning) LogFinding(_logger, finding.ToLogText());
            else if (Interlocked.Exchange(ref _noticed, finding) != finding)
                LogNotice(_logger, finding.ToLogText());
        }

        return result;
    }

    /// <summary>
    /// Takes the key pairs that snapshots name, which never travel in them: before the snapshot, or after it
    /// when it waits for them. What they are copied from is the caller's to wipe. Returns what cannot be used
    /// and why; the others are held.
    /// </summary>
    public ImmutableArray<Finding> PutSecrets(IReadOnlyList<KeyPair> pairs)
    {
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (KeyPair pair in pairs)
        {
            if (_certificates.Put(pair) is { } error)
                findings.Add(new Finding(
                    Severity.Error, $"Certificate {pair.Name}", "privateKeyPem", "NotUsable", error));
        }

        _publisher.RetryKeys();
        return findings.ToImmutable();
    }

    /// <summary>Whether the key of a certificate is held.</summary>
    public bool HoldsCertificate(string name, string digest) => _certificates.Holds(name, digest);

    /// <summary>Writes every metric of the data plane.</summary>
    public void WriteMetrics(MetricsWriter writer) =>
        RouterMetrics.Write(writer, _threads, _publisher, EjectedEndpoints);

    /// <summary>
    /// Opens the access log's file anew, for a rotation that renamed it. Returns why not; then the old file
    /// is written on.
    /// </summary>
    public string? ReopenAccessLog() => _accessLog?.Reopen();

    /// <summary>
    /// Accepts no more, lets exchanges in progress end, and cuts off what is left after
    /// <paramref name="limit"/>.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        LogDraining(_logger);
        Volatile.Write(ref _isDraining, true);
        foreach (WorkerThread thread in _threads) thread.Send(new WorkerMessage(WorkerMessageKind.Drain));
        Task ended = Task.WhenAll(Array.ConvertAll(_threads, thread => thread.Ended));
        await Task.WhenAny(ended, Task.Delay(limit)).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops at once: open connections are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _sweep.DisposeAsync().ConfigureAwait(false);
        foreach (WorkerThread thread in _threads) thread.Stop();
        await Task.WhenAll(Array.ConvertAll(_threads, thread => thread.Ended)).ConfigureAwait(false);
        _publisher.Dispose();
        foreach (WorkerThread thread in _threads) thread.Dispose();
        _accessLog?.Dispose();
        _certificates.Dispose();
    }

    private void Sweep()
    {
        _publisher.Sweep();
        LogEndpoints();
        LogAccessLog();
        LogMemory();
        foreach (Finding finding in _aging.TakeNew(_publisher.Live))
        {
            if (finding.Severity == Severity.Error) LogError(_logger, finding.ToLogText());
            else LogFinding(_logger, finding.ToLogText());
        }

        TicketKeys.RotateIfDue(Environment.TickCount64);
        if (Volatile.Read(ref _isDraining)) return;
        foreach (string socket in _publisher.RetrySockets()) LogListening(_logger, socket);
    }

    private void LogEndpoints()
    {
        // A timer's call that takes long may overlap with the next.
        lock (_endpointLog)
        {
            foreach (WorkerThread thread in _threads)
            {
                while (thread.Worker.EndpointEvents.TryTake(out EndpointEvent change))
                {
                    if (_endpointLog.Take(thread.Worker.Index, in change) is { } line)
                        LogEndpoint(_logger, line);
                }
            }
        }
    }

    // Once when writing begins to fail, and once when it goes on.
    private void LogAccessLog()
    {
        string? failure = _accessLog?.Failure;
        if (Interlocked.Exchange(ref _accessLogFailure, failure) == failure) return;
        if (failure is null) LogAccessLogWritten(_logger);
        else LogAccessLogFailed(_logger, failure);
    }

    private void LogMemory()
    {
        (long cut, long missing) = (0, 0);
        foreach (WorkerThread thread in _threads)
        {
            cut += thread.Worker.Counters.Read(Counter.ConnectionsCutForMemory);
            missing += thread.Worker.Counters.Read(Counter.LimitBuffers);
        }

        // A timer's call that takes long may overlap with the next.
        lock (_memoryLog)
        {
            if (_memoryLog.Take(cut, missing, Environment.TickCount64) is { } line) LogMemory(_logger, line);
        }
    }

    [LoggerMessage(1011, LogLevel.Warning, "{Line}")]
    private static partial void LogMemory(ILogger logger, string line);

    [LoggerMessage(1009, LogLevel.Error,
        "The access log cannot be written, its lines are dropped and counted: {Reason}")]
    private static partial void LogAccessLogFailed(ILogger logger, string reason);

    [LoggerMessage(1010, LogLevel.Information, "The access log is written again")]
    private static partial void LogAccessLogWritten(ILogger logger);

    [LoggerMessage(1001, LogLevel.Information, "{Workers} workers are up with {Slots} connection slots each")]
    private static partial void LogStarted(ILogger logger, int workers, int slots);

    [LoggerMessage(1003, LogLevel.Error, "Snapshot {Version} is refused; the last good one serves on")]
    private static partial void LogRefused(ILogger logger, string version);

    [LoggerMessage(1012, LogLevel.Error, "{Finding}")]
    private static partial void LogError(ILogger logger, string finding);

    [LoggerMessage(1004, LogLevel.Warning, "{Finding}")]
    private static partial void LogFinding(ILogger logger, string finding);

    [LoggerMessage(1006, LogLevel.Information, "Listening on {Socket}, which could not be opened before")]
    private static partial void LogListening(ILogger logger, string socket);

    [LoggerMessage(1007, LogLevel.Warning, "{Line}")]
    private static partial void LogEndpoint(ILogger logger, string line);

    [LoggerMessage(1008, LogLevel.Information, "{Finding}")]
    private static partial void LogNotice(ILogger logger, string finding);

    [LoggerMessage(1005, LogLevel.Information, "Draining")]
    private static partial void LogDraining(ILogger logger);
}
