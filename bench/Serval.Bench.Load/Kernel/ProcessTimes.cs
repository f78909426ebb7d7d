using System.Globalization;

namespace Serval.Bench.Load.Kernel;

/// <summary>What the scheduler has counted for a process and its descendants, all threads together.</summary>
/// <param name="RunNs">Time on a processor, in the kernel and out of it, soft interrupts in its place
/// included.</param>
/// <param name="WaitNs">Time runnable but waiting for a processor: other programs were in the way.</param>
internal readonly record struct ProcessTimes(long RunNs, long WaitNs)
{
    /// <summary>
    /// Reads /proc/PID/task/*/schedstat. utime and stime are not used: they are sampled by the tick, which a
    /// busy neighbour on the same core makes misleading.
    /// </summary>
    public static ProcessTimes Read(IEnumerable<int> processes)
    {
        long run = 0;
        long wait = 0;
        foreach (int process in processes)
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                string[] fields = ReadOrEmpty($"{task}/schedstat").Split(' ');
                if (fields.Length >= 2)
                {
                    run += long.Parse(fields[0], CultureInfo.InvariantCulture);
                    wait += long.Parse(fields[1], CultureInfo.InvariantCulture);
                }
            }
        }

        return new ProcessTimes(run, wait);
    }

    /// <summary>The process and all its descendants.</summary>
    public static List<int> Family(int process)
    {
        List<int> family = [process];
        for (int i = 0; i < family.Count; i++)
        {
            if (!Directory.Exists($"/proc/{family[i]}/task"))
            {
                continue;
            }

            foreach (string task in Directory.EnumerateDirectories($"/proc/{family[i]}/task"))
            {
                family.AddRange(ReadOrEmpty($"{task}/children")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
            }
        }

        return family;
    }

    public static ProcessTimes operator -(ProcessTimes end, ProcessTimes start) =>
        new(end.RunNs - start.RunNs, end.WaitNs - start.WaitNs);

    // A thread may end between its listing and its reading.
    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
