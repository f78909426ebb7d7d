using Serval.DataPlane.Accounting;

namespace Serval.Simulation.Tests.Running;

/// <summary>How a run went.</summary>
/// <param name="Violations">What must not be; empty when all is well.</param>
/// <param name="Hash">Of everything that happened.</param>
/// <param name="Trace">Everything that happened, when it was asked for.</param>
/// <param name="HasStruck">Whether the planted fault found its occasion.</param>
/// <param name="Deliveries">Exchanges by what the client got.</param>
/// <param name="ProvidedMax">Most buffers that were with the kernel at a time.</param>
/// <param name="Counters">What the first worker has counted.</param>
/// <param name="Overflows">Enters that found more completions than fit their queue.</param>
/// <param name="EndedUs">When the worker ended.</param>
internal sealed record RunResult(
    IReadOnlyList<string> Violations, ulong Hash, IReadOnlyList<string> Trace, bool HasStruck,
    int[] Deliveries, int ProvidedMax, WorkerCounters Counters, int Overflows,
    long EndedUs);
