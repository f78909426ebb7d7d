using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Tests.Serving;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Commands;

public sealed class ReachTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vpp-reach");

    [Fact]
    public async Task Client_and_gateway_meet_on_a_unix_socket_and_neither_prints_the_key()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        string socket = "unix:" + Path.Combine(_folder.FullName, "grpc.sock");
        using VppCommand gateway = VppCommand.Start(
            "", "vpp-gateway", "--listen", socket, "--admin", "127.0.0.1:0", "--vpp-runtime-dir", vpp.Folder,
            "--state-dir", Path.Combine(_folder.FullName, "state"), "--key-dir", _folder.FullName,
            "--log-level", "trace");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await VppCommand.RunAsync(socket, ["version"])).ExitCode == 5)
            limit.Token.ThrowIfCancellationRequested();

        var key = PrivateKey.Generate();
        string keyFile = Path.Combine(_folder.FullName, "b.key");
        await File.WriteAllTextAsync(keyFile, key.RevealBase64());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead);
        const string Tunnel = "{\"name\":\"b\",\"local_address\":\"192.0.2.1\",\"listen_port\":51820}";
        string told = "";
        foreach (string line in (string[])
        [
            "tunnels create -f - --private-key-file b.key --dry-run",
            "tunnels create -f - --private-key-file b.key", "tunnels list", "tunnels get b -o json",
            "tunnels delete b",
        ])
        {
            CommandResult result = await VppCommand.RunAsync(socket, line.Split(' '), Tunnel);
            Assert.True(result.ExitCode == 0, result.Errors);
            told += result.Output + result.Errors;
        }

        gateway.Terminate();
        CommandResult ended = await gateway.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        told += ended.Output + ended.Errors;
        Assert.Contains(key.PublicKey, told, StringComparison.Ordinal);
        Assert.Contains("connected to VPP", told, StringComparison.Ordinal);
        Assert.DoesNotContain(key.RevealBase64(), told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_metrics_tell_of_the_process_too()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        string admin = $"127.0.0.1:{Ports.Free()}";
        using VppCommand gateway = VppCommand.Start(
            "", "vpp-gateway", "--listen", "unix:" + Path.Combine(_folder.FullName, "grpc.sock"),
            "--admin", admin, "--vpp-runtime-dir", vpp.Folder,
            "--state-dir", Path.Combine(_folder.FullName, "state"));
        string page = await PageAsync(gateway, admin);
        Assert.Contains("\nserval_vpp_up ", page, StringComparison.Ordinal);
        Assert.Matches("\nserval_build_info\\{version=\"[^\"]+\",role=\"vpp-gateway\",", page);
        Assert.Matches("\nprocess_resident_memory_bytes [1-9][0-9]{6,}\n", page);
        Assert.Matches("\nprocess_start_time_seconds [1-9][0-9]{8,}", page);
        gateway.Terminate();
        Assert.Equal(0, (await gateway.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_largest_ACL_is_read_from_YAML_and_one_rule_more_is_refused()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        var text = new StringBuilder("name: large\nrules:\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(CultureInfo.InvariantCulture,
                $"- {{action: ACL_ACTION_DENY, source: 10.{i / 250}.{i % 250}.0/24}}\n");
        CommandResult taken = await VppCommand.RunAsync(
            scene.Server, ["acls", "apply", "-f", "-"], text.ToString());
        Assert.True(taken.ExitCode == 0, taken.Errors);
        Assert.Contains("create ACL large with 20000 rules", taken.Output, StringComparison.Ordinal);
        text.Append("- {action: ACL_ACTION_PERMIT, ip_version: 4}\n");
        CommandResult refused = await VppCommand.RunAsync(
            scene.Server, ["acls", "apply", "-f", "-"], text.ToString());
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("acl.rules: 20001 are too many", refused.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 5)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", 5)]
    [InlineData("", 5)]
    public async Task What_is_no_bridge_is_told_without_a_stack(string greeting, int exitCode)
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Task serving = GreetAsync(server, greeting);
        CommandResult result = await VppCommand.RunAsync(
            server.LocalEndpoint.ToString()!, ["acls", "list", "--timeout", "1s"]);
        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode} {result.Errors}");
        Assert.Contains("remedy: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        server.Stop();
        await serving;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // Asks until the gateway listens.
    private static async Task<string> PageAsync(VppCommand gateway, string admin)
    {
        using HttpClient http = new();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await http.GetStringAsync($"http://{admin}/metrics", limit.Token);
            }
            catch (HttpRequestException)
            {
                if (gateway.HasExited)
                    Assert.Fail((await gateway.EndAsync()).Errors);
                await Task.Delay(20, limit.Token);
            }
        }
    }

    // Says its greeting, keeps still, and keeps what is connected open.
    private static async Task GreetAsync(TcpListener server, string greeting)
    {
        var clients = new List<TcpClient>();
        try
        {
            while (true)
            {
                TcpClient client = await server.AcceptTcpClientAsync();
                clients.Add(client);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(greeting));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            foreach (TcpClient client in clients)
                client.Dispose();
        }
    }
}
