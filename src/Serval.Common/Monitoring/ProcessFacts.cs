using System.Globalization;

namespace Serval.Common.Monitoring;

/// <summary>
/// What Prometheus expects of every process, under the names that its own client libraries use. Read from
/// /proc (proc_pid_stat(5)). What cannot be read, for example because no descriptor is left, is left out: a
/// page and a start do not fail for it. Thread: any.
/// </summary>
public static class ProcessFacts
{
    private const string Proc = "/proc";
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that Serval runs on
    private const int FieldsBeforeState = 2;

    /// <summary>Those that can be read, as they are now and always in the same order.</summary>
    /// <param name="proc">Where the kernel tells of processes.</param>
    public static IReadOnlyList<ProcessFact> Read(string proc = Proc)
    {
        List<ProcessFact> facts = [];
        Count("serval_gc_pause_seconds_total",
            "Time for which garbage collections have stopped every thread.",
            GC.GetTotalPauseDuration().TotalSeconds);
        if (Try(() => Fields(proc)) is { } fields)
        {
            Count("process_cpu_seconds_total", "Processor time of all threads, user and system.",
                (Field(fields, 14) + Field(fields, 15)) / TicksPerSecond);
            Show("process_resident_memory_bytes", "Memory that is resident.",
                Field(fields, 24) * Environment.SystemPageSize);
            Show("process_virtual_memory_bytes", "Address space that is mapped.", Field(fields, 23));
            Show("process_threads", "Threads.", Field(fields, 20));
            Show("process_start_time_seconds", "When the process started, in seconds since 1970.",
                Try(() => BootSeconds(proc)) + (Field(fields, 22) / TicksPerSecond));
        }

        Show("process_open_fds",
            "Descriptors that are open. A router's connections are not counted: they are in its rings.",
            Try(() => (double?)Directory.GetFileSystemEntries(Path.Combine(proc, "self/fd")).Length));
        Show("process_max_fds", "Descriptors that may be open.", Try(() => DescriptorsMax(proc)));
        return facts;

        void Count(string name, string help, double? value) => Add(name, help, true, value);
        void Show(string name, string help, double? value) => Add(name, help, false, value);

        void Add(string name, string help, bool isCounter, double? value)
        {
            if (value is { } known)
                facts.Add(new ProcessFact(name, help, isCounter, known));
        }
    }

    private static T? Try<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    // The second field is the program's name in brackets, which may hold anything.
    private static string[] Fields(string proc)
    {
        string stat = File.ReadAllText(Path.Combine(proc, "self/stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    // Numbered from 1 as in the manual page.
    private static double Field(string[] fields, int number) =>
        double.Parse(fields[number - FieldsBeforeState - 1], CultureInfo.InvariantCulture);

    private static double? BootSeconds(string proc) =>
        File.ReadLines(Path.Combine(proc, "stat"))
            .FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line.AsSpan(6), CultureInfo.InvariantCulture) : null;

    private static double? DescriptorsMax(string proc) =>
        File.ReadLines(Path.Combine(proc, "self/limits"))
            .FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
            && double.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3],
                CultureInfo.InvariantCulture, out double max) ? max : null;
}
