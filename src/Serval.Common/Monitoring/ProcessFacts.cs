using System.Globalization;

namespace Serval.Common.Monitoring;

/// <summary>
/// What Prometheus expects of every process, under the names that its own client libraries use. Read from
/// /proc (proc_pid_stat(5)); a machine without it has fewer of them. Thread: any.
/// </summary>
public static class ProcessFacts
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that Serval runs on
    private const int FieldsBeforeState = 2;

    /// <summary>All of them, as they are now and always in the same order.</summary>
    public static IReadOnlyList<ProcessFact> Read()
    {
        List<ProcessFact> facts = [];
        Count("serval_gc_pause_seconds_total",
            "Time for which collections of memory have stopped every thread.",
            GC.GetTotalPauseDuration().TotalSeconds);
        if (Fields() is not { } fields)
            return facts;
        Count("process_cpu_seconds_total", "Processor time of all threads, user and system.",
            (Field(fields, 14) + Field(fields, 15)) / TicksPerSecond);
        Show("process_resident_memory_bytes", "Memory that is resident.",
            Field(fields, 24) * Environment.SystemPageSize);
        Show("process_virtual_memory_bytes", "Address space that is mapped.", Field(fields, 23));
        Show("process_threads", "Threads.", Field(fields, 20));
        Show("process_start_time_seconds", "When the process started, in seconds since 1970.",
            BootSeconds() + (Field(fields, 22) / TicksPerSecond));
        Show("process_open_fds", "Descriptors that are open, those of rings left out.",
            Directory.GetFileSystemEntries("/proc/self/fd").Length);
        if (DescriptorsMax() is { } max)
            Show("process_max_fds", "Descriptors that may be open.", max);
        return facts;

        void Count(string name, string help, double value) => facts.Add(new(name, help, true, value));
        void Show(string name, string help, double value) => facts.Add(new(name, help, false, value));
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
