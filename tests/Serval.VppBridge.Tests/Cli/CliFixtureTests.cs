using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Cli;

public sealed class CliFixtureTests
{
    private static readonly string[] NotRecords = ["cli-protocol-probe.txt", "stats-segment-dump.txt"];

    private static List<RecordedCommands> All =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures"), "*.txt")
            .Select(p => Path.GetFileName(p)!).Where(f => !NotRecords.Contains(f))
                .Order(StringComparer.Ordinal)
            .SelectMany(RecordedCommands.Load),
    ];

    [Fact]
    public void Every_recorded_interface_table_is_read()
    {
        List<RecordedCommands> tables = All.FindAll(r => r.Command == "show interface");
        Assert.NotEmpty(tables);
        foreach (RecordedCommands table in tables)
        {
            List<CliInterfaceRow> rows = CliTable.ParseInterfaces(table.Reply);
            Assert.Equal(table.Reply.Split('\n').Count(l => l.Length > 0 && l[0] != ' '), rows.Count);
            Assert.Contains(rows, r => r is { Name: "local0", Index: 0, IsAdminUp: false });
        }

        CliInterfaceRow va = CliTable.ParseInterfaces(
            RecordedCommands.Load("interface-counters.txt")[0].Reply).Find(r => r.Name == "host-va")!;
        Assert.Equal((7UL, 630UL, 1UL),
            (va.Counter("rx packets"), va.Counter("rx bytes"), va.Counter("drops")));
    }

    [Fact]
    public void Every_recorded_acl_is_read_and_renders_to_itself()
    {
        List<RecordedCommands> shows = All.FindAll(r => r.Command == "show acl-plugin acl");
        Assert.NotEmpty(shows);
        foreach (VppAcl acl in shows.SelectMany(r => CliAclText.ParseShow(r.Reply)))
        {
            if (acl.Name is null || acl.Rules.Count == 0)
                continue;
            var state = new SimulatedState();
            new SimulatedCli(state, 1)
                .Run(CliAclText.RenderSet(new Acl(acl.Name, acl.Rules), null).ToString());
            Assert.Equal(acl.Rules, state.Acls[0].Rules);
            Assert.Equal(acl.Tag, state.Acls[0].Tag);
        }
    }

    [Fact]
    public void Every_recorded_binding_is_read()
    {
        List<RecordedCommands> shows = All.FindAll(r => r.Command == "show acl-plugin interface");
        Assert.NotEmpty(shows);
        foreach (RecordedCommands show in shows)
            Assert.NotEmpty(CliAclText.ParseLists(show.Reply));
        Dictionary<uint, VppAclLists> lists = CliAclText.ParseLists(
            RecordedCommands.Load("acl-applied.txt")
                .Find(r => r.Command == "show acl-plugin interface")!.Reply);
        Assert.Equal([0u, 1u], lists[1].Inputs);
        Assert.Equal([0u], lists[2].Outputs);
    }

    [Fact]
    public void Every_recorded_tunnel_and_peer_is_read()
    {
        foreach (RecordedCommands show in All)
        {
            if (show.Command == "show wireguard interface")
            {
                List<VppTunnel> tunnels = CliWireguardText.ParseInterfaces(show.Reply, _ => 4);
                Assert.Equal(show.Reply.Split('\n').Count(l => l.Length > 0), tunnels.Count);
            }
            else if (show.Command == "show wireguard peer")
            {
                List<VppPeer> peers = CliWireguardText.ParsePeers(show.Reply, _ => 4);
                Assert.All(peers, p => Assert.NotEmpty(p.Peer.AllowedIps));
            }
        }
    }

    // Files that hold nothing the bridge asks for.
    private static readonly string[] NeverAsked =
    [
        "acl-macip.txt", "acl-tables.txt", "errors.txt", "hardware-interfaces.txt", "ping.txt", "runtime.txt",
        "host-interface-create.txt", "loopback-create.txt", "nat44-static.txt", "unknown-command.txt",
    ];

    [Fact]
    public void Every_recorded_file_is_read_by_the_codecs_or_holds_nothing_that_is_asked()
    {
        foreach (IGrouping<string, RecordedCommands> file in All.GroupBy(r => r.Fixture))
        {
            int readCount = file.Count(TryRead);
            Assert.True(
                (readCount > 0) != NeverAsked.Contains(file.Key),
                $"{file.Key}: {readCount} replies are read");
        }
    }

    // True when the bridge sends this command and the reply made sense to it.
    private static bool TryRead(RecordedCommands record)
    {
        string reply = record.Reply;
        switch (record.Command)
        {
            case "show interface":
                Assert.NotEmpty(CliTable.ParseInterfaces(reply));
                return true;
            case "show interface address":
                Assert.NotEmpty(CliTable.ParseAddresses(reply));
                return true;
            case "show acl-plugin acl":
                CliAclText.ParseShow(reply);
                return true;
            case "show acl-plugin interface":
                CliAclText.ParseLists(reply);
                return true;
            case "show wireguard interface":
                CliWireguardText.ParseInterfaces(reply, _ => 4);
                return true;
            case "show wireguard peer":
                CliWireguardText.ParsePeers(reply, _ => 4);
                return true;
            case "show nat44 summary":
                bool isOn = reply.StartsWith("max translations per thread: 1000 ", StringComparison.Ordinal);
                Assert.Equal(isOn ? 1000u : 0u, CliNatText.ParseSessions(reply));
                return true;
            case "show nat44 addresses" or "show nat44 interfaces":
                CliNatText.Parse(1, reply, reply, _ => 1);
                return true;
            case "show version verbose":
                Assert.Contains("Current PID:", reply, StringComparison.Ordinal);
                return true;
        }

        if (record.Command.StartsWith("show acl-plugin acl index ", StringComparison.Ordinal))
            return CliAclText.ParseShow(reply).Count <= 1;
        if (record.Command.StartsWith("wireguard create ", StringComparison.Ordinal))
            return reply.StartsWith("wg", StringComparison.Ordinal)
                || reply.StartsWith("wireguard create: ", StringComparison.Ordinal);

        // Success is silence, and a refusal is one line or more.
        string[] quiet = ["wireguard peer ", "wireguard delete ", "ip route ", "nat44 add address ",
            "nat44 plugin enable ",
            "set interface ip address ", "set interface state "];
        return quiet.Any(q => record.Command.StartsWith(q, StringComparison.Ordinal))
            && (reply.Length == 0 || reply.EndsWith('\n'));
    }

    [Fact]
    public void The_simulator_refuses_nat_addresses_as_the_recorded_vpp_did()
    {
        var state = new SimulatedState();
        state.EnableNat(1000);
        var cli = new SimulatedCli(state, 1);
        int comparedCount = 0;
        foreach (RecordedCommands record in RecordedCommands.Load("nat44-address.txt"))
        {
            string[] words = record.Command.Split(' ');
            bool isOurs = words is ["nat44", "add", "address", _] or ["nat44", "add", "address", _, "del"];
            if (isOurs && System.Net.IPAddress.TryParse(words[3], out _))
            {
                comparedCount++;
                Assert.Equal((record.Command, record.Reply), (record.Command, cli.Run(record.Command)));
            }
        }

        Assert.Equal(3, comparedCount);
    }

    [Fact]
    public void The_simulator_bends_rules_as_the_recorded_vpp_did()
    {
        // What follows "two words" needs VPP's own quoting and macros, which the bridge never sends.
        string[] beyond = ["quoted", "braced", "$HOME", "back"];
        var state = new SimulatedState();
        var cli = new SimulatedCli(state, 1);
        foreach (RecordedCommands record in RecordedCommands.Load("acl-set.txt")
            .Concat(RecordedCommands.Load("acl-failures.txt").SkipLast(1)))
        {
            string reply = cli.Run(record.Command);
            if (!beyond.Any(b => record.Command.Contains(b, StringComparison.Ordinal)))
                Assert.Equal((record.Command, record.Reply), (record.Command, reply));
        }
    }

    [Theory]
    [InlineData(0, PeerStatus.None)]
    [InlineData(1, PeerStatus.Dead)]
    [InlineData(2, PeerStatus.Established)]
    [InlineData(3, PeerStatus.Established)]
    public void The_flags_of_a_peer_say_how_it_is(int flags, object expected)
    {
        string shown = RecordedCommands.Load("wireguard-live.txt")
            .Find(r => r.Command == "show wireguard peer")!.Reply
            .Replace("flags: 2,", $"flags: {flags},", StringComparison.Ordinal);
        Assert.Equal(expected, Assert.Single(CliWireguardText.ParsePeers(shown, _ => 4)).Status);
    }

    [Fact]
    public void What_nat_has_besides_is_not_ours()
    {
        const string Addresses = """
            NAT44 pool addresses:
            10.2.0.1
              tenant VRF independent
            NAT44 twice-nat pool addresses:
            10.2.0.9
              tenant VRF independent
            """;
        string interfaces = RecordedCommands.Load("nat44-interface.txt").Last(
            r => r.Reply.Contains("output-feature", StringComparison.Ordinal)).Reply;
        Dictionary<string, uint> known = new() { ["host-va"] = 1, ["host-vb"] = 2, ["host-vw"] = 3 };
        VppNat nat = CliNatText.Parse(
            7, Addresses, interfaces, name => known.TryGetValue(name, out uint index) ? index : null);
        Assert.Equal("10.2.0.1", Assert.Single(nat.Addresses).ToString());
        Assert.Equal(1u, Assert.Single(nat.Inside));
        Assert.Equal(2u, Assert.Single(nat.Outside));
    }

    [Theory]
    [InlineData("x y")]
    [InlineData("x\ny")]
    [InlineData("x,y")]
    [InlineData("$HOME")]
    [InlineData("{x}")]
    [InlineData("x\\")]
    [InlineData("")]
    public void A_word_with_a_meaning_to_vpp_is_not_said(string word) =>
        Assert.Equal(
            VppFault.Unsafe,
            Assert.Throws<VppException>(() => CliCommand.Of("show interface").Word(word)).Fault);

    [Fact]
    public void A_command_never_fills_a_block_of_vpp_exactly()
    {
        for (int length = 4000; length < 4200; length++)
        {
            CliCommand command = CliCommand.Of(new string('x', length));
            Assert.NotEqual(0, command.ToBytes().Length % 4096);
        }
    }

    // The longest one would fill a block, and is one longer.
    [Fact]
    public void A_command_that_is_too_long_to_be_read_in_one_is_not_said()
    {
        const int most = Limits.CliCommandBytesMax - 1;
        Assert.Equal(most, CliCommand.Of(new string('x', most - 1)).ToBytes().Length);
        VppException e = Assert.Throws<VppException>(
            () => CliCommand.Of(new string('x', most)).ToBytes());
        Assert.Equal(VppFault.Unsafe, e.Fault);
    }
}
