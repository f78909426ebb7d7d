using System.Globalization;
using System.Text.Json;
using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Reporting;

/// <summary>One run as a line for people and as a line for programs.</summary>
internal static class ResultText
{
    public static string Json(RunResult result) =>
        JsonSerializer.Serialize(result, ResultJson.Default.RunResult);

    public static string Line(RunResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Scenario}: {result.RequestsPerSecond:F0}/s, {result.ProcessorUs:F2} µs processor, p50 " +
        $"{result.P50Us:F0} p99 {result.P99Us:F0} p99.9 {result.P999Us:F0} µs, " +
        $"peak {result.PeakMiB:F1} MiB, " +
        $"proxy busy {result.ProxyBusyShare:P1} waiting {result.ProxyWaitShare:P1}, generator idle " +
        $"{result.GeneratorIdleShare:P1} waiting {result.GeneratorWaitShare:P1}{Remarks(result)}");

    /// <summary>What a reader of the figures must know, or nothing.</summary>
    public static string Remarks(RunResult result)
    {
        string limit = result.Limit switch
        {
            Limit.Generator => " GENERATOR SATURATED",
            Limit.Neighbours => " DISTURBED by other programs",
            Limit.Waiting => " proxy not saturated",
            _ => "",
        };
        return result.Faults.Length > 0 ? $"{limit} FAULTS: {result.Faults}" : limit;
    }
}
