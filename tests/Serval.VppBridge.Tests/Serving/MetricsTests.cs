using Grpc.Core;
using Prometheus;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Serving;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Serving;

public sealed class MetricsTests
{
    [Fact]
    public async Task The_page_is_read_strictly_and_tells_of_VPP_and_its_commands()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        using var segment = new SimulatedStats(scene.Vpp.Folder);
        segment.Write(
            ["local0", "a\"b\\c"], [[(1, 60), (7, 700)]], [0, 5],
            new() { [0] = [(2, 120), (3, 180), (9, 540)] });
        await ApplyAsync(scene, "web", count: 2);
        await scene.CreateTunnelAsync();
        scene.Vpp.Restart();
        Exposition page = await UntilAsync(
            scene, p => p.Samples["serval_vpp_reconnects_total"] == 1
                && p.Samples["serval_vpp_converged"] == 1
                && p.CountOf("serval_vpp_acl_rule_packets_total") == 2);
        Assert.Equal(1, page.Samples["serval_vpp_up"]);
        Assert.True(page.Samples["serval_vpp_drifts_total"] >= 1);
        Assert.True(page.Samples["serval_vpp_repairs_total"] > 1);
        Assert.Equal(2, page.Samples["serval_vpp_changes_total"]);
        Assert.Equal(700,
            page.Samples["serval_vpp_interface_rx_bytes_total{interface=\"a\\\"b\\\\c\"}"]);
        Assert.Equal(3,
            page.Samples["serval_vpp_acl_rule_packets_total{acl=\"web\",rule=\"1\"}"]);
        Assert.Equal(120,
            page.Samples["serval_vpp_acl_rule_bytes_total{acl=\"web\",rule=\"0\"}"]);

        // Once when it was asked for, once when it was put back.
        const string Commands = "serval_vpp_command_duration_seconds";
        Assert.Equal(2, page.Samples[Commands + "_count{command=\"add_acl\",outcome=\"ok\"}"]);
        Assert.True(page.Samples[Commands + "_sum{command=\"observe\",outcome=\"ok\"}"] > 0);
        Assert.Equal(1, page.Samples[
            "serval_vpp_call_duration_seconds_count{"
            + "method=\"/serval.vpp.v1.VppGateway/ApplyAcl\",code=\"OK\"}"]);
        DashboardMetrics.AssertOn(page);
    }

    [Fact]
    public async Task A_command_that_VPP_refuses_is_a_series_of_its_own()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        await ApplyAsync(scene, "web");
        lock (scene.Vpp.Gate)
            scene.Vpp.State.CreateTunnel(9, 1, System.Net.IPAddress.Loopback, PrivateKey.Generate());
        lock (scene.Vpp.Gate)
            scene.Vpp.State.Find("wg9")!.Addresses.Add(Model.IpPrefix.Host(System.Net.IPAddress.Parse(
                "10.99.0.1")));
        await Assert.ThrowsAsync<RpcException>(() => scene.CreateTunnelAsync());
        Exposition page = await UntilAsync(scene, p => p.Samples.ContainsKey(
            "serval_vpp_command_duration_seconds_count{command=\"add_address\",outcome=\"refused\"}"));
        Assert.Equal(1, page.Samples["serval_vpp_rollbacks_total"]);
    }

    [Fact]
    public async Task Series_of_interfaces_and_rules_stop_at_their_bounds_and_the_rest_is_counted()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        using var segment = new SimulatedStats(scene.Vpp.Folder);
        (ulong, ulong)[] rules = [.. Enumerable.Range(0, 830).Select(i => ((ulong)i, 1UL))];
        segment.Write(
            [.. Enumerable.Range(0, 600).Select(i => $"if{i}")],
            [[.. Enumerable.Range(0, 600).Select(i => (1UL, (ulong)i))]], new ulong[600],
            new() { [0] = rules, [1] = rules });
        await ApplyAsync(scene, "b", count: 700);
        await ApplyAsync(scene, "a", count: 700);
        Exposition page = await UntilAsync(scene, p => p.CountOf("serval_vpp_acl_rule_bytes_total") > 0);
        Assert.Equal(1024, page.CountOf("serval_vpp_acl_rule_packets_total"));
        Assert.Equal(1024, page.CountOf("serval_vpp_acl_rule_bytes_total"));
        Assert.Equal(376, page.Samples["serval_vpp_acl_rules_left_out"]);
        Assert.Equal(699, page.Samples["serval_vpp_acl_rule_packets_total{acl=\"a\",rule=\"699\"}"]);
        Assert.False(page.Samples.ContainsKey("serval_vpp_acl_rule_packets_total{acl=\"b\",rule=\"324\"}"));
        Assert.Equal(512, page.CountOf("serval_vpp_interface_rx_bytes_total"));
        Assert.Equal(88, page.Samples["serval_vpp_interfaces_left_out"]);
    }

    [Fact]
    public async Task Each_peer_that_was_asked_for_is_a_series_that_follows_its_session()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        await scene.CreateTunnelAsync();
        string key = TunnelTests.Wanted().Peers[0].PublicKey;
        string series = $"serval_vpp_peer_established{{tunnel=\"site-b\",peer=\"{key}\"}}";
        await UntilAsync(scene, p => p.Samples.GetValueOrDefault(series, -1) == 0);
        uint index;
        lock (scene.Vpp.Gate)
        {
            scene.Vpp.State.Roam(key, "198.51.100.9", 40001);
            index = scene.Vpp.State.Peers.Keys.Single();
        }

        await scene.Vpp.SendPeerEventAsync(index, 2);
        await UntilAsync(scene, p => p.Samples[series] == 1);
        lock (scene.Vpp.Gate)
        {
            scene.Vpp.State.Peers[index] =
                scene.Vpp.State.Peers[index] with { Status = Model.PeerStatus.Dead };
        }

        await scene.Vpp.SendPeerEventAsync(index, 1);
        await UntilAsync(scene, p => p.Samples[series] == 0);
        scene.Vpp.Kill();
        await UntilAsync(
            scene, p => p.Samples["serval_vpp_up"] == 0 && p.CountOf("serval_vpp_peer_established") == 0);
    }

    [Fact]
    public async Task Series_of_peers_stop_at_their_bound_and_the_rest_is_counted()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        foreach (string name in new[] { "b", "a" })
        {
            Tunnel tunnel = TunnelTests.Wanted();
            tunnel.Name = name;
            tunnel.ListenPort += name == "a" ? 1u : 0;
            tunnel.Addresses.Clear();
            tunnel.Peers.Clear();
            for (int i = 0; i < 600; i++)
            {
                tunnel.Peers.Add(new TunnelPeer
                {
                    PublicKey = PrivateKey.Generate().PublicKey,
                    AllowedIps = { $"10.{(name == "a" ? 1 : 2)}.{i / 250}.{i % 250}/32" },
                });
            }

            await scene.CallAsync(
                "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser);
        }

        Exposition page = await UntilAsync(scene, p => p.Samples["serval_vpp_peers_left_out"] > 0);
        Assert.Equal(1024, page.CountOf("serval_vpp_peer_established"));
        Assert.Equal(176, page.Samples["serval_vpp_peers_left_out"]);
        Assert.Equal(600, page.Samples.Keys.Count(k => k.StartsWith(
            "serval_vpp_peer_established{tunnel=\"a\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_left_of_the_counters_of_a_VPP_that_went_away()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        using var segment = new SimulatedStats(scene.Vpp.Folder);
        segment.Write(["local0"], [[(7, 700)]], [0], new() { [0] = [(2, 120)] });
        await ApplyAsync(scene, "web");
        await UntilAsync(scene, p => p.CountOf("serval_vpp_acl_rule_packets_total") > 0
            && p.CountOf("serval_vpp_interface_rx_bytes_total") > 0);
        scene.Vpp.Kill();
        await UntilAsync(scene, p => p.Samples["serval_vpp_up"] == 0
            && p.CountOf("serval_vpp_interface_rx_bytes_total") == 0
            && p.CountOf("serval_vpp_acl_rule_packets_total") == 0);
    }

    [Theory]
    [InlineData(new ulong[] { 5, 9 }, 9)]
    [InlineData(new ulong[] { 9, 5 }, 5)]
    [InlineData(new ulong[] { 9, 0 }, 0)]
    public void A_counter_that_went_back_begins_anew(ulong[] values, double shown)
    {
        Counter counter = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())
            .CreateCounter("serval_test_total", "Of a test.", ["interface"]);
        CounterFamily family = new(counter);
        foreach (ulong value in values)
            family.Show([(["local0"], value)]);
        Assert.Equal(shown, counter.WithLabels("local0").Value);
        family.Show([]);
        Assert.Empty(counter.GetAllLabelValues());
    }

    [Fact]
    public async Task Methods_of_strangers_become_no_series()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<RpcException>(() => scene.CallAsync(
                $"NoSuch{i}", new GetVersionRequest(), GetVersionResponse.Parser));
        }

        Exposition page = await UntilAsync(scene, p => p.Samples.GetValueOrDefault(
            "serval_vpp_call_duration_seconds_count{method=\"unknown\",code=\"Unimplemented\"}") == 20);
        Assert.DoesNotContain(page.Samples.Keys, k => k.Contains("NoSuch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1")]
    [InlineData("a 1\n")]
    [InlineData("# HELP a A.\n# TYPE a counter\na 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1\na 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{b=\"c\"d\"} 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{b=\"c\",} 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na NaN\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\nb 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\n\na 1\n")]
    [InlineData("# HELP a_ms A.\n# TYPE a_ms gauge\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\n# HELP a A.\n# TYPE a gauge\n")]
    [InlineData("# HELP a_seconds A.\n# TYPE a_seconds histogram\n"
        + "a_seconds_bucket{le=\"1\"} 2\na_seconds_bucket{le=\"+Inf\"} 1\na_seconds_count 1\n")]
    public void The_reader_of_these_tests_refuses(string text) =>
        Assert.ThrowsAny<FormatException>(() => Exposition.Read(text));

    private static Task ApplyAsync(BridgeScene scene, string name, int count = 1) => scene.CallAsync(
        "ApplyAcl",
        new ApplyAclRequest
        {
            Acl = Gateway.Acl(name, [.. Enumerable.Repeat(Gateway.Rule(AclAction.Permit), count)]),
        },
        ApplyAclResponse.Parser);

    private static async Task<Exposition> UntilAsync(BridgeScene scene, Func<Exposition, bool> isThere)
    {
        using var http = new HttpClient { BaseAddress = new Uri(scene.Host.Addresses[1]) };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using HttpResponseMessage response = await http.GetAsync("/metrics", limit.Token);
            Assert.Equal(
                "text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            Exposition page = Exposition.Read(await response.Content.ReadAsStringAsync(limit.Token));
            if (isThere(page))
                return page;
            await Task.Delay(20, limit.Token);
        }
    }
}
