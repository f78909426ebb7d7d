using System.Globalization;

namespace Serval.Kubernetes.Tests.Load;

/// <summary>What /proc tells of a process.</summary>
internal static class ProcessFigures
{
    /// <summary>Resident memory, MiB.</summary>
    public static double ResidentMebibytes(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(
            line[6..].Trim(' ', '\t', 'k', 'B'), CultureInfo.InvariantCulture) / 1_024)
        .Single();

    /// <summary>Time on a processor of all threads, those that ended included, seconds.</summary>
    public static double ProcessorSeconds(int process)
    {
        // Behind the name, which may hold spaces: utime and stime are the 12th and 13th field, in hundredths.
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }
}
