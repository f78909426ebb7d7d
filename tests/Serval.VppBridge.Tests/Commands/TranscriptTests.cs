using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Serving;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Commands;

public sealed class TranscriptTests
{
    // Any 32 bytes are a key; what the transcript shows follows from it.
    private static readonly string PrivateKeyText =
        Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]);

    [Fact]
    public async Task Access_lists()
    {
        await using BridgeScene scene = await StartAsync();
        await WriteAsync(scene, "web.yaml", """
            name: web
            rules:
            - action: ACL_ACTION_DENY
              source: 10.1.0.0/24
              protocol: tcp
              destination_ports: {first: 80, last: 80}
            - action: ACL_ACTION_PERMIT_REFLECT
              source: 10.0.0.0/8
              protocol: udp
              source_ports: {first: 1024, last: 65535}
            - action: ACL_ACTION_PERMIT
              ip_version: 4
              protocol: tcp
              tcp_flags_mask: 18
              tcp_flags_value: 2
            """);
        await WriteAsync(scene, "ssh.json",
            """{"name":"ssh","rules":[{"action":"ACL_ACTION_PERMIT","ipVersion":6,"protocol":"icmp6"}]}""");
        await WriteAsync(
            scene, "closed.yaml", "name: web\nrules:\n- {action: ACL_ACTION_DENY, ip_version: 4}\n");
        Transcript transcript = new(scene.Server, scene.Folder);
        await transcript.RunAsync("version");
        await transcript.RunAsync("acls list");
        await transcript.RunAsync("acls apply -f web.yaml --dry-run");
        await transcript.RunAsync("acls apply -f web.yaml");
        await transcript.RunAsync("acls apply -f web.yaml");
        await transcript.RunAsync("acls apply -f - < ssh.json");
        await transcript.RunAsync("acls bind host-va --input web,ssh --output ''");
        await transcript.RunAsync("acls list");
        await transcript.RunAsync("acls get web");
        CommandResult got = await transcript.RunAsync("acls get ssh -o json");
        await WriteAsync(scene, "got.json", got.Output);
        await transcript.RunAsync("acls apply -f - < got.json");
        await transcript.RunAsync("interfaces list");
        await transcript.RunAsync("interfaces get host-va host-vb");
        await transcript.RunAsync("acls delete web");
        await transcript.RunAsync("acls apply -f web.yaml --resource-version 7");
        await transcript.RunAsync("acls get nosuch");
        await transcript.RunAsync("acls bind host-va --input '' --output '' --dry-run -o json");
        await transcript.RunAsync("acls apply -f closed.yaml --dry-run");
        await transcript.RunAsync("acls apply -f closed.yaml --dry-run --cut-sessions");
        await transcript.RunAsync("acls bind host-va --input '' --output ''");
        await transcript.RunAsync("acls delete web --resource-version 1");
        await transcript.RunAsync("acls delete web --allow-missing");
        transcript.Check("acls");
    }

    [Fact]
    public async Task Tunnels_and_source_NAT()
    {
        await using BridgeScene scene = await StartAsync();
        string key = Path.Combine(scene.Folder, "site-b.key");
        await File.WriteAllTextAsync(key, PrivateKeyText);
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        await WriteAsync(scene, "site-b.yaml", """
            name: site-b
            local_address: 192.0.2.1
            listen_port: 51820
            addresses: [10.99.0.1/24]
            peers:
            - public_key: eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=
              endpoint_address: 198.51.100.7
              endpoint_port: 51820
              allowed_ips: [10.99.0.2/32, 10.50.0.0/16]
              tunnel_address: 10.99.0.2
              routes: [10.50.0.0/16]
            """);
        await WriteAsync(scene, "nat.yaml", """
            inside_interfaces: [host-va]
            outside_interfaces: ["tunnel:site-b"]
            addresses: [192.0.2.10]
            """);
        const string Peer = "YPRt8+r8ZkXd0VTSD7Npd2uIXsGvCkuR6wFmHNP2Nns=";
        Transcript transcript = new(scene.Server, scene.Folder);
        await transcript.RunAsync("tunnels create -f site-b.yaml --dry-run");
        await transcript.RunAsync("tunnels create -f site-b.yaml --private-key-file site-b.key");
        await transcript.RunAsync("tunnels list");
        await transcript.RunAsync(
            $"tunnels add-peer site-b --public-key {Peer} --endpoint 203.0.113.9:51820"
            + " --allowed-ips 10.99.0.3/32 --tunnel-address 10.99.0.3 --keepalive 25s");
        await transcript.RunAsync("tunnels get site-b");
        await transcript.RunAsync($"tunnels remove-peer site-b {Peer}");
        await transcript.RunAsync($"tunnels remove-peer site-b {Peer}");
        await transcript.RunAsync("nat get");
        await transcript.RunAsync("nat set -f nat.yaml --dry-run");
        await transcript.RunAsync("nat set -f nat.yaml");
        await transcript.RunAsync("nat get");
        await transcript.RunAsync("nat get -o json");
        await transcript.RunAsync("tunnels delete site-b");
        await transcript.RunAsync("nat clear");
        await transcript.RunAsync("tunnels delete site-b");
        await transcript.RunAsync("tunnels get site-b");
        transcript.Check("tunnels");
        Assert.DoesNotContain(PrivateKeyText, scene.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters()
    {
        await using BridgeScene scene = await StartAsync();
        using var segment = new SimulatedStats(scene.Vpp.Folder);
        segment.Write(
            ["local0", "host-va"], [[(0, 0), (7123456, 710000000)]], [0, 5],
            new() { [0] = [(2, 120), (30, 18000), (0, 0)] });
        Acl acl = Gateway.Acl(
            "web", Gateway.Rule(AclAction.Deny, "10.9.0.0/16"), Gateway.Rule(AclAction.Permit));
        await scene.CallAsync("ApplyAcl", new ApplyAclRequest { Acl = acl }, ApplyAclResponse.Parser);
        await UntilCountersAsync(scene);
        Transcript transcript = new(scene.Server, scene.Folder);
        await transcript.RunAsync("stats");
        await transcript.RunAsync("stats host-va --acl-rules");
        await transcript.RunAsync("stats host-va --watch --count 2 --interval 1s");
        await transcript.RunAsync("stats nosuch");
        await transcript.RunAsync("stats --window 90s");
        transcript.Check("stats");
    }

    [Fact]
    public void The_page_of_the_bridge_shows_nothing_that_was_not_printed()
    {
        string goldens = string.Concat(Directory.GetFiles(Transcript.Goldens).Select(File.ReadAllText));
        string page = File.ReadAllText(
            Path.Combine(Transcript.Goldens, "..", "..", "..", "..", "docs", "vpp.md"));
        string[] shown = [.. page.Split("```").Where((_, i) => i % 2 == 1)
            .SelectMany(block => ("\n" + block).Split("\n$ "))
            .Where(command => command.StartsWith("serval vpp ", StringComparison.Ordinal))];
        Assert.NotEmpty(shown);
        foreach (string command in shown)
            Assert.Contains($"$ {command.TrimEnd()}\n", goldens, StringComparison.Ordinal);
    }

    private static async Task UntilCountersAsync(BridgeScene scene)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await scene.CallAsync("GetStats", new GetStatsRequest(), GetStatsResponse.Parser);
                return;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }

    private static Task<BridgeScene> StartAsync() => BridgeScene.StartAsync(
        (options, folder) => options with { KeyDirectory = folder });

    private static Task WriteAsync(BridgeScene scene, string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(scene.Folder, name), text);
}
