using System.Globalization;

namespace Serval.Bench.Load.Kernel;

/// <summary>What the scheduler has counted for every thread of some processes, since each began.</summary>
internal sealed class ProcessTimes
{
    private readonly Dictionary<int, (long RunNs, long WaitNs)> _threads = [];

    private ProcessTimes()
    {
    }

    /// <summary>
    /// Reads /proc/PID/task/*/schedstat. utime and stime are not used: they are sampled by the tick, which
    /// a busy neighbour on the same core makes misleading.
    /// </summary>
    public static ProcessTimes Read(IEnumerable<int> processes)
    {
        ProcessTimes times = new();
        foreach (int process in processes)
        {
            foreach (string task in Tasks(process))
            {
                string[] fields = ReadOrEmpty($"{task}/schedstat").Split(' ');
                if (fields.Length >= 2)
                {
                    times._threads[int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture)] =
                        (long.Parse(fields[0], CultureInfo.InvariantCulture),
                         long.Parse(fields[1], CultureInfo.InvariantCulture));
                }
            }
        }

        return times;
    }

    /// <summary>The process and all its descendants.</summary>
    public static List<int> Family(int process)
    {
        List<int> family = [process];
        for (int i = 0; i < family.Count; i++)
        {
            foreach (string task in Tasks(family[i]))
            {
                family.AddRange(ReadOrEmpty($"{task}/children")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
            }
        }

        return family;
    }

    /// <summary>
    /// What was added since <paramref name="start"/>: the time on a processor of all threads, soft interrupts
    /// in their place included, and the time that the busiest thread was kept waiting for a processor. Other
    /// threads may wait for the busiest one, which nobody needs to worry about.
    /// </summary>
    public (long RunNs, long BusiestWaitNs) Since(ProcessTimes start)
    {
        long run = 0;
        long busiest = -1;
        long busiestWait = 0;
        foreach ((int thread, (long RunNs, long WaitNs) end) in _threads)
        {
            (long RunNs, long WaitNs) begin = start._threads.GetValueOrDefault(thread);
            long added = end.RunNs - begin.RunNs;
            run += added;
            if (added > busiest)
            {
                busiest = added;
                busiestWait = end.WaitNs - begin.WaitNs;
            }
        }

        return (run, busiestWait);
    }

    private static string[] Tasks(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return ""; // a thread may end between its listing and its reading
        }
    }
}
