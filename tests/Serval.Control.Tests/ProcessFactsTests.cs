using System.Diagnostics;
using System.Globalization;
using Serval.Common.Monitoring;

namespace Serval.Control.Tests;

/// <summary>What a process tells of itself, here and where the kernel tells less.</summary>
public sealed class ProcessFactsTests : IDisposable
{
    private readonly TempFolder _proc = new();

    [Fact]
    public void A_process_here_tells_all_of_them()
    {
        Dictionary<string, double> facts = Read("/proc");
        Assert.Equal(
            [
                "process_cpu_seconds_total", "process_max_fds", "process_open_fds",
                "process_resident_memory_bytes", "process_start_time_seconds", "process_threads",
                "process_virtual_memory_bytes", "serval_gc_pause_seconds_total",
            ],
            facts.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(
            facts["process_resident_memory_bytes"], 1 << 20, facts["process_virtual_memory_bytes"]);
        Assert.InRange(facts["process_threads"], 2, 10_000);
        Assert.InRange(facts["process_open_fds"], 3, facts["process_max_fds"]);
        using Process self = Process.GetCurrentProcess();
        double started = (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        Assert.Equal(started, facts["process_start_time_seconds"], tolerance: 2);
    }

    [Fact]
    public void What_the_kernel_does_not_tell_is_left_out()
    {
        Assert.Equal(["serval_gc_pause_seconds_total"], Read(_proc.Root).Keys);
        Write("stat", "cpu 1 2\n");
        Write("self/limits", "Limit Soft Hard\nMax open files unlimited unlimited files\n");
        Write("self/stat", StatOf("a) (b"));
        Dictionary<string, double> facts = Read(_proc.Root);
        // No time of boot, no number of descriptors, and no bound on them.
        Assert.Equal(
            [
                "process_cpu_seconds_total", "process_resident_memory_bytes", "process_threads",
                "process_virtual_memory_bytes", "serval_gc_pause_seconds_total",
            ],
            facts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.29, facts["process_cpu_seconds_total"], 1e-9);
        Assert.Equal(20, facts["process_threads"]);
        Assert.Equal(23, facts["process_virtual_memory_bytes"]);
        Assert.Equal(24 * Environment.SystemPageSize, facts["process_resident_memory_bytes"]);
    }

    [Fact]
    public void The_start_is_counted_from_the_boot()
    {
        Write("stat", "cpu 1 2\nbtime 1000\n");
        Write("self/stat", StatOf("serval"));
        Assert.Equal(1_000.22, Read(_proc.Root)["process_start_time_seconds"], 1e-9);
    }

    public void Dispose() => _proc.Dispose();

    // Each field says its own number.
    private static string StatOf(string program) =>
        $"1 ({program}) S " + string.Join(' ', Enumerable.Range(4, 30)
            .Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private static Dictionary<string, double> Read(string proc) =>
        ProcessFacts.Read(proc).ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.Combine(_proc.Root, "self"));
        File.WriteAllText(Path.Combine(_proc.Root, name), text);
    }
}
