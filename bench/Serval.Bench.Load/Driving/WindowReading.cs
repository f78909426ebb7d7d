using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Driving;

/// <summary>All counters at one end of the measured window.</summary>
internal sealed record WindowReading(long AtNs, ProcessTimes Proxy, ProcessTimes Generator,
    long GeneratorIdleNs, long Accepted, long Open, long UploadedBytes)
{
    public static WindowReading Take(EventLoop loop, IReadOnlyList<int> processes, Origin origin)
    {
        ProcessTimes proxy = ProcessTimes.Read(processes);
        ProcessTimes generator = ProcessTimes.Read([Environment.ProcessId]);
        return new WindowReading(EventLoop.Clock(), proxy, generator, loop.IdleNs, origin.Accepted,
            origin.Open, origin.UploadedBytes);
    }
}
