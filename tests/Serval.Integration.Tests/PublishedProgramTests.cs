using System.Diagnostics;
using System.Globalization;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>What holds only for the program that <c>make build</c> publishes.</summary>
public sealed class PublishedProgramTests
{
    [PublishedFact]
    public async Task A_running_router_is_machine_code_alone_and_its_symbols_are_apart()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess process = ServalProcess.Start(
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await process.WaitForLineAsync("Snapshot [0-9a-f]{16} is live");
        string maps = await File.ReadAllTextAsync($"/proc/{process.Id}/maps");
        Assert.DoesNotContain(".dll", maps, StringComparison.Ordinal);
        FileInfo program = new(File.ResolveLinkTarget(ServalProcess.Program, true)?.FullName
            ?? ServalProcess.Program);
        Assert.True(File.Exists(program.FullName + ".dbg"));
        Assert.Equal(2, program.Directory!.GetFiles().Length);
    }

    [PublishedFact]
    public async Task Once_started_a_process_gives_back_the_code_that_only_its_start_needed()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess process = ServalProcess.Start(
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await process.WaitForLineAsync("Snapshot [0-9a-f]{16} is live");
        // Starting runs through three quarters of it; without giving back they stay.
        using CancellationTokenSource limit = new(Deadline.Limit);
        while (ResidentShareOfCode(process.Id) > 0.5)
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        string metrics = await admin.GetStringAsync(new Uri("/metrics", UriKind.Relative), Deadline.Token());
        Assert.Contains("serval_build_info", metrics, StringComparison.Ordinal);
    }

    [PublishedFact]
    public async Task A_running_process_can_be_watched()
    {
        using Folder folder = new();
        string trace = Path.Combine(folder.Root, "trace.nettrace");
        ProcessStartInfo start = new(ServalProcess.Program, ["validate", folder.Root]);
        start.Environment["DOTNET_EnableEventPipe"] = "1";
        start.Environment["DOTNET_EventPipeOutputPath"] = trace;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(Deadline.Token());
        Assert.True(new FileInfo(trace).Length > 0);
    }

    private static double ResidentShareOfCode(int process)
    {
        string program = File.ResolveLinkTarget(ServalProcess.Program, true)?.FullName
            ?? ServalProcess.Program;
        string[] lines = File.ReadAllLines($"/proc/{process}/smaps");
        int code = Array.FindIndex(
            lines, line => line.Contains(" r-xp ", StringComparison.Ordinal)
                && line.EndsWith(program, StringComparison.Ordinal));
        return Kilobytes(lines, code, "Rss:") / Kilobytes(lines, code, "Size:");
    }

    private static double Kilobytes(string[] lines, int from, string name) => double.Parse(
        lines.Skip(from).First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
