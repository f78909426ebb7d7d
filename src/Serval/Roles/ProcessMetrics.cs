using System.Globalization;
using System.Runtime.InteropServices;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// What Prometheus expects of every process, under the names that its own client libraries use, and which
/// build this is. Read from /proc (proc_pid_stat(5)); a machine without it has fewer of them. Thread: any.
/// </summary>
internal static class ProcessMetrics
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that Serval runs on
    private const int FieldsBeforeState = 2;

    /// <summary>Writes them.</summary>
    /// <param name="writer">The page.</param>
    /// <param name="version">Of this program.</param>
    /// <param name="role">The verb that runs.</param>
    public static void Write(MetricsWriter writer, string version, string role)
    {
        writer.OpenGauge("serval_build_info", "The build and role of this process; always 1.");
        writer.Sample(1, new MetricLabel("version", version), new MetricLabel("role", role),
            new MetricLabel("runtime", RuntimeInformation.FrameworkDescription));
        writer.Counter("serval_gc_pause_seconds_total",
            "Time for which collections of memory have stopped every thread, workers included.",
            GC.GetTotalPauseDuration().TotalSeconds);
        if (Fields() is not { } fields) return;
        writer.Counter("process_cpu_seconds_total", "Processor time of all threads, user and system.",
            (Field(fields, 14) + Field(fields, 15)) / TicksPerSecond);
        writer.Gauge("process_resident_memory_bytes", "Memory that is resident.",
            Field(fields, 24) * Environment.SystemPageSize);
        writer.Gauge("process_virtual_memory_bytes", "Address space that is mapped.", Field(fields, 23));
        writer.Gauge("process_threads", "Threads.", Field(fields, 20));
        writer.Gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
            BootSeconds() + (Field(fields, 22) / TicksPerSecond));
        writer.Gauge("process_open_fds", "Descriptors that are open, those of rings left out.",
            Directory.GetFileSystemEntries("/proc/self/fd").Length);
        if (DescriptorsMax() is { } max)
            writer.Gauge("process_max_fds", "Descriptors that may be open.", max);
    }

    // The second field is the program's name in brackets, which may hold anything.
    private static string[]? Fields()
    {
        try
        {
            string stat = File.ReadAllText("/proc/self/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Numbered from 1 as in the manual page.
    private static double Field(string[] fields, int number) =>
        double.Parse(fields[number - FieldsBeforeState - 1], CultureInfo.InvariantCulture);

    private static double BootSeconds()
    {
        string line = File.ReadLines("/proc/stat")
            .First(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
    }

    private static double? DescriptorsMax()
    {
        string line = File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return double.TryParse(soft, CultureInfo.InvariantCulture, out double max) ? max : null;
    }
}
