using System.Net.Sockets;
using System.Text;
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
