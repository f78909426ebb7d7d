using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Roles;

/// <summary>What systemd hears of a router.</summary>
public sealed class ServiceNotifierTests
{
    private const int SigHup = 1;

    [Fact]
    public async Task A_service_manager_hears_of_start_reload_life_and_end()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        using Folder sockets = new();
        string path = Path.Combine(sockets.Root, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        await using ServalProcess process = ServalProcess.StartWith(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "200000" },
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        Assert.Equal("READY=1\nSTATUS=serving", await NextAsync(manager));
        Assert.Contains("is live", process.LogText, StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await NextAsync(manager, skip: ""));
        process.Signal(SigHup);
        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=\d+$", await NextAsync(manager));
        Assert.Equal("READY=1\nSTATUS=serving", await NextAsync(manager));
        process.Terminate();
        Assert.Equal("STOPPING=1\nSTATUS=draining", await NextAsync(manager));
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task A_router_that_waits_for_a_push_is_started()
    {
        using Folder state = new();
        string path = Path.Combine(state.Root, "notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        await using ServalProcess process = ServalProcess.StartWith(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path },
            "router", "--state-dir", state.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        Assert.Equal("READY=1\nSTATUS=no configuration is live yet", await NextAsync(manager));
    }

    [Fact]
    public async Task A_service_manager_may_have_a_socket_without_a_file()
    {
        using Folder state = new();
        string name = $"serval-test-{Guid.NewGuid():N}";
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
        await using ServalProcess process = ServalProcess.StartWith(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = $"@{name}" },
            "router", "--state-dir", state.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        Assert.StartsWith("READY=1\n", await NextAsync(manager), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_serves_although_its_service_manager_cannot_be_told()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess process = ServalProcess.StartWith(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = Path.Combine(folder.Root, "nobody") },
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await process.WaitForLineAsync("warning E128 ");
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        Assert.Equal("ready\n", await admin.GetStringAsync(
            new Uri("/readyz", UriKind.Relative), Deadline.Token()));
        process.Terminate();
        Assert.Equal(0, await process.WaitForExitAsync());
        // Reading files again and stopping say the same of it, which is not repeated.
        Assert.Single(process.LogText.Split('\n'),
            line => line.Contains(" E128 ", StringComparison.Ordinal));
        Assert.DoesNotContain(" error ", process.LogText, StringComparison.Ordinal);
    }

    // The variables are inherited by whatever the service starts.
    [Fact]
    public void A_watchdog_is_that_of_this_process_and_hears_of_it_twice_in_its_time()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), PeriodOf("6000000", null));
        Assert.Equal(
            TimeSpan.FromSeconds(3),
            PeriodOf("6000000", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        Assert.Null(PeriodOf("6000000", "1"));
        Assert.Null(PeriodOf("0", null));
        Assert.Null(PeriodOf("soon", null));
        Assert.Null(PeriodOf(null, null));

        static TimeSpan? PeriodOf(string? microseconds, string? process)
        {
            using ServiceNotifier notifier = new("/nobody", microseconds, process, NullLogger.Instance);
            return notifier.WatchdogPeriod;
        }
    }

    private static async Task<string> NextAsync(Socket manager, string skip = "WATCHDOG=1")
    {
        byte[] datagram = new byte[4096];
        while (true)
        {
            int count = await manager.ReceiveAsync(datagram, Deadline.Token());
            string text = Encoding.UTF8.GetString(datagram, 0, count);
            if (text != skip)
                return text;
        }
    }
}
