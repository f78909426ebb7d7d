using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>Signals that a router does not end by, and files that others rotate.</summary>
public sealed class SignalTests
{
    private const int Hangup = 1;
    private const int Quit = 3;
    private const int User1 = 10;

    [Fact]
    public async Task SIGHUP_reads_the_files_again_and_says_what_came_of_it()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/a", upstream.Port));
        router.Process.Signal(Hangup);
        await router.Process.WaitForLineAsync("SIGHUP: read again; .* is live, 0 errors and 0 warnings");
        router.Folder.Write("objects.yaml", "kind: [unclosed\n");
        router.Process.Signal(Hangup);
        await router.Process.WaitForLineAsync("SIGHUP: read again.* 1 errors");
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task SIGHUP_of_a_router_that_is_pushed_to_says_that_there_is_nothing_to_read()
    {
        using Folder state = new();
        await using ServalProcess router = ServalProcess.Start(
            "router", "--admin", "127.0.0.1:0", "--state-dir", state.Root, "--workers", "1");
        using HttpClient admin = await RunningRouter.AdminOfAsync(router);
        router.Signal(Hangup);
        await router.WaitForLineAsync("SIGHUP: there is nothing to read again");
        Assert.Equal("ok\n", await admin.GetStringAsync(
            new Uri("/healthz", UriKind.Relative), Deadline.Token()));
    }

    [Fact]
    public async Task SIGQUIT_drains()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/", upstream.Port));
        router.Process.Signal(Quit);
        await router.Process.WaitForLineAsync("SIGQUIT: draining");
        Assert.Equal(0, await router.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task SIGUSR1_writes_to_a_new_file_after_the_old_one_was_renamed()
    {
        using Folder logs = new();
        string file = Path.Combine(logs.Root, "access.log");
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(upstream.Port, file);
        await router.GetAsync("/first");
        await WrittenAsync(file);
        File.Move(file, file + ".1");
        router.Process.Signal(User1);
        await router.Process.WaitForLineAsync("SIGUSR1: the access log is opened anew");
        await router.GetAsync("/second");
        await EndAsync(router);
        Assert.Contains("/first", Assert.Single(await File.ReadAllLinesAsync(file + ".1")),
            StringComparison.Ordinal);
        Assert.Contains("/second", Assert.Single(await File.ReadAllLinesAsync(file)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGUSR1_writes_on_to_the_old_file_where_no_new_one_can_be_opened()
    {
        using Folder logs = new();
        string file = Path.Combine(logs.Root, "access.log");
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(upstream.Port, file);
        File.Move(file, file + ".1");
        Directory.CreateDirectory(file);
        router.Process.Signal(User1);
        await router.Process.WaitForLineAsync("error E124 .*cannot be opened anew.*access.log");
        await router.GetAsync("/after");
        await EndAsync(router);
        Assert.Contains("/after", Assert.Single(await File.ReadAllLinesAsync(file + ".1")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_truncated_meanwhile_is_written_from_its_new_beginning()
    {
        using Folder logs = new();
        string file = Path.Combine(logs.Root, "access.log");
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(upstream.Port, file);
        await router.GetAsync("/first");
        await WrittenAsync(file);
        await using (FileStream truncated = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            truncated.SetLength(0);
        await router.GetAsync("/second");
        await EndAsync(router);
        string text = await File.ReadAllTextAsync(file);
        Assert.StartsWith("{", text, StringComparison.Ordinal);
        Assert.Contains("/second", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_costs_lines_and_is_logged_while_requests_go_on()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(upstream.Port, "/dev/full");
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
        await router.Process.WaitForLineAsync("The access log cannot be written.*No space left");
        Assert.Equal(200, (await router.GetAsync("/b")).Status);
    }

    private static Task<RunningRouter> StartAsync(int upstream, string file) =>
        RunningRouter.StartAsync(Serving("/", upstream), "--access-log", file);

    private static async Task EndAsync(RunningRouter router)
    {
        router.Process.Terminate();
        Assert.Equal(0, await router.Process.WaitForExitAsync());
    }

    private static async Task WrittenAsync(string file)
    {
        CancellationToken deadline = Deadline.Token();
        while (new FileInfo(file) is not { Exists: true, Length: > 0 })
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline);
    }

    private static string Serving(string prefix, int port) =>
        Objects.Route("all", Objects.Rule(prefix, "echo")) + Objects.Service("echo", ("127.0.0.1", port));
}
