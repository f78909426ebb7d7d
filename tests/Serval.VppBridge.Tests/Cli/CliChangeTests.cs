using Serval.VppBridge.Api;
using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Cli;

public sealed class CliChangeTests
{
    private static readonly AclRule Permit = new(
        AclAction.Permit, IpPrefix.Any4, IpPrefix.Any4, 0, PortRange.All, PortRange.All, 0, 0);

    private static readonly Acl Web = new("web", [Permit with { Action = AclAction.Deny }]);

    [Fact]
    public async Task Rules_that_vpp_bent_are_put_back_with_the_next_command()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using CliTransport transport = await ConnectAsync(vpp);
        VppIndexes indexes = await MakeAsync(transport);
        int setsCount = 0;
        vpp.BeforeCommand = command =>
        {
            // The rehearsal goes well, and the ACL itself is bent into something wider.
            bool isBent = command.StartsWith("set acl-plugin acl index 0", StringComparison.Ordinal)
                && setsCount++ == 0;
            return isBent ? "set acl-plugin acl index 0 permit tag serval:web" : command;
        };
        List<string> acls = [];
        vpp.AfterEach = state => acls.Add(string.Join(';', state.Acls[0].Rules));
        VppException e = await Assert.ThrowsAsync<VppException>(() => transport.ApplyAsync(
            new VppChange.ReplaceAcl(Web with { Rules = [Permit with { Protocol = 17 }] }, Web.Rules),
            indexes, CancellationToken.None));
        Assert.Equal(VppFault.Misunderstood, e.Fault);
        Assert.Equal(Web.Rules, vpp.State.Acls[0].Rules);

        // Bent by one command, seen by the next, put back by the one after it.
        int bentAt = acls.FindIndex(a => a != acls[0]);
        Assert.Equal(acls[0], acls[bentAt + 2]);
    }

    [Theory]
    [InlineData("acl")]
    [InlineData("wireguard")]
    [InlineData("nat")]
    public async Task A_plugin_that_is_not_loaded_is_named(string plugin)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using CliTransport transport = await ConnectAsync(vpp);
        vpp.State.MissingPlugins.Add(plugin);
        var indexes = new VppIndexes(await transport.ObserveAsync([], true, CancellationToken.None));
        VppChange[] changes = plugin switch
        {
            "acl" => [new VppChange.AddAcl(Web)],
            "nat" => [new VppChange.EnableNat(1024)],
            _ => [new VppChange.CreateTunnel(new Tunnel(
                "a", 3, System.Net.IPAddress.Loopback, 9, VppBridge.Keys.PrivateKey.Generate(), [], []))],
        };
        foreach (VppChange change in changes)
        {
            VppException e = await Assert.ThrowsAsync<VppException>(
                () => transport.ApplyAsync(change, indexes, CancellationToken.None));
            Assert.Contains($"its {plugin} plugin is not loaded", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("private-key", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unnumbered_interface_shows_the_addresses_it_uses_on_both_transports()
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start(state =>
        {
            state.Find("host-vw")!.Addresses.Clear();
            state.Find("host-vw")!.Lender = 1;
            state.CreateTunnel(
                0, 51_820, System.Net.IPAddress.Loopback, VppBridge.Keys.PrivateKey.Generate());
            state.Find("wg0")!.Lender = 1;
        });
        await using CliTransport cli = await ConnectAsync(vpp);
        await using ApiTransport api = await ApiTransport.ConnectAsync(
            Path.Combine(vpp.Folder, "api.sock"), new CallTimer(Limits.CallTimeout, TimeProvider.System),
            CancellationToken.None);
        foreach (IVppTransport transport in (IVppTransport[])[cli, api])
        {
            VppState seen = await transport.ObserveAsync([], true, CancellationToken.None);
            foreach (string name in (string[])["host-vw", "host-va"])
            {
                IpPrefix address = Assert.Single(seen.FindInterface(name, out _)!.Addresses);
                Assert.Equal("10.1.0.1/24", address.ToString());
            }

            // Of tunnels they are asked for in every look.
            seen = await transport.ObserveAsync([], false, CancellationToken.None);
            Assert.Equal(
                "10.1.0.1/24", Assert.Single(seen.FindInterface("wg0", out _)!.Addresses).ToString());
        }
    }

    [Fact]
    public void Releases_that_print_the_lent_addresses_show_them_once()
    {
        Dictionary<string, List<IpPrefix>> seen = CliTable.ParseAddresses(
            "loop0 (up):\n  L3 10.0.0.1/24\nhost-vb (up): \n  unnumbered, use loop0\n  L3 10.0.0.1/24\n");
        Assert.Equal("10.0.0.1/24", Assert.Single(seen["host-vb"]).ToString());
    }

    [Theory]
    [InlineData("a b", "a b", true)]
    [InlineData("a", "a b", true)]
    [InlineData("a b", "a", true)]
    [InlineData("a b", "b", false)]
    [InlineData("a b", "b a", false)]
    public async Task Lists_of_either_side_are_only_appended_to_or_shortened_at_the_end(
        string before, string after, bool isSafe)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using CliTransport transport = await ConnectAsync(vpp);
        (string[] old, string[] next) = (before.Split(' '), after.Split(' '));
        VppChange inputs = new VppChange.SetAclLists("host-va", old, [], next, []);
        VppChange outputs = new VppChange.SetAclLists("host-va", [], old, [], next);
        Assert.Equal(isSafe, transport.FindDanger(inputs) is null);
        Assert.Equal(isSafe, transport.FindDanger(outputs) is null);
    }

    private static async Task<VppIndexes> MakeAsync(CliTransport transport)
    {
        var indexes = new VppIndexes(VppState.Empty);
        await transport.ApplyAsync(new VppChange.AddAcl(Web), indexes, CancellationToken.None);
        return indexes;
    }

    private static Task<CliTransport> ConnectAsync(SimulatedVpp vpp) => CliTransport.ConnectAsync(
        Path.Combine(vpp.Folder, "cli.sock"), allowKeys: true,
        new CallTimer(Limits.CallTimeout, TimeProvider.System), CancellationToken.None);
}
