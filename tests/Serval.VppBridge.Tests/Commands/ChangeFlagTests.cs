using Serval.VppBridge.Tests.Serving;

namespace Serval.VppBridge.Tests.Commands;

/// <summary>Options of every verb that changes something.</summary>
public sealed class ChangeFlagTests
{
    private const string First = "eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=";
    private const string Second = "YPRt8+r8ZkXd0VTSD7Npd2uIXsGvCkuR6wFmHNP2Nns=";

    // What each verb would change of the scene below.
    private static readonly string[] Changes =
    [
        "acls apply -f web.yaml",
        "acls delete spare",
        "acls bind host-va --input spare --output ''",
        "tunnels delete b",
        $"tunnels add-peer b --public-key {Second} --allowed-ips 10.99.0.3/32",
        $"tunnels remove-peer b {First}",
        "nat set -f nat.yaml",
        "nat clear",
    ];

    [Fact]
    public async Task A_dry_run_says_what_it_would_change_and_changes_nothing()
    {
        await using BridgeScene scene = await StartAsync();
        string before = await ShownAsync(scene);
        foreach (string line in (string[])[.. Changes, "tunnels create -f c.yaml"])
        {
            CommandResult result = await RunAsync(scene, $"{line} --dry-run");
            Assert.True(result.ExitCode == 0, $"{line}: {result.Errors}");
            Assert.Contains(": would change", result.Output, StringComparison.Ordinal);
        }
        Assert.Equal(before, await ShownAsync(scene));
    }

    [Fact]
    public async Task A_change_of_another_version_than_was_seen_is_not_made()
    {
        await using BridgeScene scene = await StartAsync();
        string before = await ShownAsync(scene);
        foreach (string line in Changes)
        {
            CommandResult result = await RunAsync(scene, $"{line} --resource-version 4711");
            Assert.True(result.ExitCode == 7, $"{line}: {result.ExitCode} {result.Errors}");
        }
        Assert.Equal(before, await ShownAsync(scene));
    }

    [Theory]
    [InlineData("acls delete nosuch")]
    [InlineData("tunnels delete nosuch")]
    [InlineData("tunnels remove-peer b " + Second)]
    public async Task What_is_missing_already_is_no_fault_where_that_is_said(string line)
    {
        await using BridgeScene scene = await StartAsync();
        Assert.Equal(3, (await RunAsync(scene, line)).ExitCode);
        CommandResult result = await RunAsync(scene, $"{line} --allow-missing");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    [Fact]
    public async Task A_peer_has_what_its_options_say()
    {
        await using BridgeScene scene = await StartAsync();
        CommandResult result = await RunAsync(
            scene, $"tunnels add-peer b --public-key {Second} --endpoint 203.0.113.9:51821"
            + " --allowed-ips 10.99.0.3/32,10.60.0.0/16 --tunnel-address 10.99.0.3 --routes 10.60.0.0/16"
            + " --keepalive 25s");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Matches(
            @"YPRt8\S+ +\S+ +203\.0\.113\.9:51821 +10\.99\.0\.3 +10\.99\.0\.3/32,10\.60\.0\.0/16 "
            + @"+10\.60\.0\.0/16 +25s",
            (await RunAsync(scene, "tunnels get b")).Output);
    }

    [Fact]
    public async Task An_ACL_without_rules_is_taken_only_where_that_is_said()
    {
        await using BridgeScene scene = await StartAsync();
        await WriteAsync(scene, "web.yaml", "name: web\n");
        Assert.Equal(4, (await RunAsync(scene, "acls apply -f web.yaml")).ExitCode);
        CommandResult result = await RunAsync(scene, "acls apply -f web.yaml --allow-empty");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    // Two ACLs of which one is bound, a tunnel with a peer, and source NAT.
    private static async Task<BridgeScene> StartAsync()
    {
        BridgeScene scene = await BridgeScene.StartAsync();
        await WriteAsync(scene, "web.yaml", "name: web\nrules: [{action: ACL_ACTION_DENY, ip_version: 4}]\n");
        await WriteAsync(
            scene, "spare.yaml", "name: spare\nrules: [{action: ACL_ACTION_PERMIT, ip_version: 4}]\n");
        await WriteAsync(scene, "b.yaml", $$"""
            name: b
            local_address: 192.0.2.1
            listen_port: 51820
            addresses: [10.99.0.1/24]
            peers: [{public_key: {{First}}, allowed_ips: [10.99.0.2/32]}]
            """);
        await WriteAsync(scene, "c.yaml", "name: c\nlocal_address: 192.0.2.1\nlisten_port: 51821\n");
        await WriteAsync(scene, "nat.yaml", """
            inside_interfaces: [host-va]
            outside_interfaces: [host-vb]
            addresses: [192.0.2.10]
            """);
        foreach (string line in (string[])
        [
            "acls apply -f web.yaml", "acls apply -f spare.yaml", "acls bind host-va --input web --output ''",
            "tunnels create -f b.yaml", "nat set -f nat.yaml",
        ])
        {
            CommandResult result = await RunAsync(scene, line);
            Assert.True(result.ExitCode == 0, $"{line}: {result.Errors}");
        }
        await WriteAsync(scene, "web.yaml", "name: web\nrules: [{action: ACL_ACTION_DENY, ip_version: 6}]\n");
        await WriteAsync(scene, "nat.yaml", """
            inside_interfaces: [host-va]
            outside_interfaces: [host-vb]
            addresses: [192.0.2.11]
            """);
        return scene;
    }

    private static async Task<string> ShownAsync(BridgeScene scene)
    {
        string shown = "";
        foreach (string line in (string[])
            ["acls list", "acls get web", "tunnels list", "tunnels get b", "nat get"])
            shown += (await RunAsync(scene, line)).Output;
        return shown;
    }

    private static Task<CommandResult> RunAsync(BridgeScene scene, string line) => VppCommand.RunAsync(
        scene.Server,
        line.Split(' ').Select(word => word == "''" ? ""
            : word.EndsWith(".yaml", StringComparison.Ordinal) ? Path.Combine(scene.Folder, word) : word));

    private static Task WriteAsync(BridgeScene scene, string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(scene.Folder, name), text);
}
