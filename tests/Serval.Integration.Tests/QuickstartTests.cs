using System.Diagnostics;
using System.Globalization;
using Serval.Integration.Tests.Harness;
using Tmds.Linux;

namespace Serval.Integration.Tests;

public sealed class QuickstartTests
{
    private const string Host = "Host: echo.example.com\r\n";

    [Fact]
    public async Task The_quickstart_does_what_it_says()
    {
        await using EchoUpstream stable = await EchoUpstream.StartAsync();
        await using EchoUpstream canary = await EchoUpstream.StartAsync();
        using Folder folder = new();
        int port = Ports.Free();
        foreach (string path in Directory.GetFiles(Path.Combine(Repository.Root, "examples", "quickstart"),
            "*.yaml"))
        {
            string text = await File.ReadAllTextAsync(path, Deadline.Token());
            folder.Write(Path.GetFileName(path),
                text.Replace("port: 8080", Port(port), StringComparison.Ordinal)
                .Replace("port: 3001", Port(stable.Port), StringComparison.Ordinal)
                .Replace("port: 3002", Port(canary.Port), StringComparison.Ordinal));
        }
        await using ServalProcess process = ServalProcess.Start("run", folder.Root, "--admin", "127.0.0.1:0");
        await process.WaitForLineAsync("Snapshot .* is live");

        int fromCanary = 0;
        await using (RawClient client = await RawClient.ConnectAsync(port))
        {
            for (int i = 0; i < 1_000; i++)
            {
                await client.SendAsync($"GET / HTTP/1.1\r\n{Host}\r\n");
                fromCanary += ServedBy(await client.ReadAsync()) == canary.Port ? 1 : 0;
            }
        }
        Assert.InRange(fromCanary, 50, 150); // 100 expected, standard deviation 9.5

        Assert.Equal(canary.Port, ServedBy(await RawClient.GetAsync(port, "/", $"{Host}X-Version: 2\r\n")));
        RawResponse rewritten = await RawClient.GetAsync(port, "/api/v1/users", Host);
        Assert.Equal("/users", rewritten.Json.GetProperty("target").GetString());
        Assert.Equal("serval", rewritten["X-Served-By"]);
        RawResponse moved = await RawClient.GetAsync(port, "/old/page", Host);
        Assert.Equal(301, moved.Status);
        Assert.EndsWith("/new/page", moved["Location"], StringComparison.Ordinal);
        Assert.Equal(404, (await RawClient.GetAsync(port, "/", "Host: other.example.com\r\n")).Status);
    }

    // Its ports are fixed, so it may end by itself where they are taken; nothing may be left either way.
    [Fact]
    public async Task The_script_of_the_quickstart_leaves_nothing_behind()
    {
        const int SigTerm = 15;
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "scripts", "run-quickstart.sh"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        string mark = Guid.NewGuid().ToString("N");
        start.Environment["SERVAL_PROGRAM"] = ServalProcess.Program;
        start.Environment["SERVAL_TEST_MARK"] = mark;
        using Process script = Process.Start(start)!;
        Task<string> output = script.StandardOutput.ReadToEndAsync();
        Assert.NotNull(await script.StandardError.ReadLineAsync(Deadline.Token()));
        Task<string> rest = script.StandardError.ReadToEndAsync();
        Assert.NotEmpty(ProcessesWith(mark));
        Assert.Equal(0, LibC.kill(script.Id, SigTerm));
        await script.WaitForExitAsync(Deadline.Token());
        Assert.Empty(ProcessesWith(mark));
        await Task.WhenAll(output, rest); // which end when nobody holds them open
    }

    // The processes that were started with this variable in their environment.
    private static List<string> ProcessesWith(string mark)
    {
        List<string> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out _)
                    && File.ReadAllText(Path.Combine(folder, "environ")).Contains(
                        mark, StringComparison.Ordinal))
                    found.Add(folder);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is another's.
            }
        }
        return found;
    }

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $"port: {port}");

    private static int ServedBy(RawResponse response) => int.Parse(
        response.Json.GetProperty("servedBy")
        .GetString()!.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture);
}
