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

    /// <summary>Time on a processor of all threads, seconds.</summary>
    public static double ProcessorSeconds(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .Sum(task => double.Parse(
            File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e9);
}
