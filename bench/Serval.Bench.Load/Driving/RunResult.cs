using System.Text.Json.Serialization;
using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Driving;

/// <summary>What one run measured.</summary>
internal sealed record RunResult
{
    private const double SaturatedShare = 0.97;
    private const double GeneratorIdleShareMin = 0.03;

    public required string Scenario { get; init; }

    /// <summary>In which lap; figures of the same lap are compared with each other.</summary>
    [JsonIgnore]
    public int Lap { get; init; }

    public required long Requests { get; init; }

    /// <summary>The rate of an open loop; 0 for a closed one.</summary>
    public required int AskedPerSecond { get; init; }

    public required double RequestsPerSecond { get; init; }

    /// <summary>Time of the proxy on its processor for one request, in microseconds.</summary>
    public required double ProcessorUs { get; init; }

    public required double P50Us { get; init; }
    public required double P99Us { get; init; }

    /// <summary>
    /// The p99 of the median second (<see cref="SecondLatencies"/>); null of a closed loop or a short window.
    /// </summary>
    [JsonIgnore]
    public double? MedianSecondP99Us { get; init; }

    public required double P999Us { get; init; }
    public required double MaxUs { get; init; }

    /// <summary>From the start of the proxy's process to its first answer.</summary>
    [JsonIgnore]
    public double FirstAnswerMs { get; init; }

    public required double ResidentMiB { get; init; }
    public required double PeakMiB { get; init; }

    /// <summary>Parts of what is resident: memory of its own, pages of files such as its code.</summary>
    public required double AnonymousMiB { get; init; }

    public required double FileMiB { get; init; }

    /// <summary>Memory shared with the kernel or others, such as rings.</summary>
    public required double SharedMiB { get; init; }

    /// <summary>Shares of the window's wall time.</summary>
    public required double ProxyBusyShare { get; init; }

    /// <summary>How long the proxy's busiest thread had to wait for its core.</summary>
    public required double ProxyWaitShare { get; init; }

    /// <summary>How long the generator looked for something to do and found nothing.</summary>
    public required double GeneratorIdleShare { get; init; }

    public required double GeneratorWaitShare { get; init; }

    /// <summary>Upstream connections that the proxy opened within the window.</summary>
    public required long UpstreamOpened { get; init; }

    /// <summary>Upstream connections that were open at the end of the window.</summary>
    public required long UpstreamOpen { get; init; }

    /// <summary>Changes of the configuration since the start, and how many became live by the end.</summary>
    public int ChangesMade { get; init; }

    public int ChangesLive { get; init; }

    public required Limit Limit { get; init; }

    /// <summary>How often something went wrong.</summary>
    public required int FaultCount { get; init; }

    /// <summary>What went wrong; empty when the run is valid.</summary>
    public required string Faults { get; init; }

    public static RunResult From(Scenario scenario, Histogram latencies, WindowReading start,
        WindowReading end, ProcessMemory memory, Faults faults)
    {
        double wall = end.AtNs - start.AtNs;
        (long proxyRunNs, long proxyWaitNs) = end.Proxy.Since(start.Proxy);
        (_, long generatorWaitNs) = end.Generator.Since(start.Generator);
        long uploaded = end.UploadedBytes - start.UploadedBytes;
        long expected = latencies.Count * scenario.UploadBytes;
        long tolerated = scenario.Connections * scenario.UploadBytes;
        if (Math.Abs(uploaded - expected) > tolerated)
        {
            faults.Add($"origin counted {uploaded} uploaded bytes, not about {expected}");
        }

        RunResult result = new()
        {
            Scenario = scenario.Name,
            Requests = latencies.Count,
            AskedPerSecond = scenario.RatePerSecond,
            RequestsPerSecond = latencies.Count / wall * 1e9,
            ProcessorUs = latencies.Count == 0 ? 0 : proxyRunNs / 1e3 / latencies.Count,
            P50Us = latencies.Percentile(50) / 1e3,
            P99Us = latencies.Percentile(99) / 1e3,
            P999Us = latencies.Percentile(99.9) / 1e3,
            MaxUs = latencies.Max / 1e3,
            ResidentMiB = memory.ResidentBytes / 1048576.0,
            PeakMiB = memory.PeakBytes / 1048576.0,
            AnonymousMiB = memory.AnonymousBytes / 1048576.0,
            FileMiB = memory.FileBytes / 1048576.0,
            SharedMiB = memory.SharedBytes / 1048576.0,
            ProxyBusyShare = proxyRunNs / wall,
            ProxyWaitShare = proxyWaitNs / wall,
            GeneratorIdleShare = (end.GeneratorIdleNs - start.GeneratorIdleNs) / wall,
            GeneratorWaitShare = generatorWaitNs / wall,
            UpstreamOpened = end.Accepted - start.Accepted,
            UpstreamOpen = end.Open,
            Limit = Limit.Waiting,
            FaultCount = faults.Count,
            Faults = faults.ToString(),
        };
        return result with { Limit = scenario.Connections == 0 ? Limit.Rate : LimitOf(result) };
    }

    private static Limit LimitOf(RunResult result) => result switch
    {
        { ProxyBusyShare: >= SaturatedShare, AskedPerSecond: 0 } => Limit.Proxy,
        _ when result.ProxyWaitShare > 1 - SaturatedShare || result.GeneratorWaitShare > 1 - SaturatedShare
            => Limit.Neighbours,
        { AskedPerSecond: > 0 } => Limit.Rate,
        { GeneratorIdleShare: < GeneratorIdleShareMin } => Limit.Generator,
        _ => Limit.Waiting,
    };
}
