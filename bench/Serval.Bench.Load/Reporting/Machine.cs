using System.Diagnostics;
using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Reporting;

/// <summary>What the figures depend on besides the code: kernel, processor, versions.</summary>
internal static class Machine
{
    public static List<string> Describe(string root, BenchPlan plan)
    {
        List<string> lines =
        [
            .. Basics(root),
            $"proxy on core {plan.ProxyCpu}, generator and origin on core {plan.GeneratorCpu}",
            $"congestion control {ReadOr("/proc/sys/net/ipv4/tcp_congestion_control", "unknown")}",
        ];
        lines.AddRange(plan.Proxies
            .Where(proxy => proxy.Version.Length > 0 && File.Exists(proxy.Program))
            .Select(proxy => $"{proxy.Name}: {Output(proxy.Program, proxy.Version)}"));
        return lines;
    }

    /// <summary>What any measurement depends on.</summary>
    public static List<string> Basics(string root) =>
    [
        $"commit {Commit(root)}",
        $"kernel {Output("uname", "-srm")}",
        $"processor {Processor()}, {Environment.ProcessorCount} cores, "
            + $"load average at the end {ReadOr("/proc/loadavg", "unknown")}",
        $".NET {Environment.Version}",
    ];

    public static string Commit(string root)
    {
        string changed = Output("git", "-C", root, "status", "--porcelain", "--untracked-files=no");
        string commit = Output("git", "-C", root, "rev-parse", "--short=10", "HEAD");
        return changed.Length > 0 ? $"{commit}-changed" : commit;
    }

    private static string Processor() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
        .Split(':')[^1].Trim()
        ?? "unknown";

    private static string ReadOr(string path, string otherwise) =>
        File.Exists(path) ? File.ReadAllText(path).Trim() : otherwise;

    // The first line that the program prints, on either stream: nginx tells its version on the second.
    private static string Output(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }
}
