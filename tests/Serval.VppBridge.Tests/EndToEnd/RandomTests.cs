using Serval.Vpp.V1;
using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using AclAction = Serval.VppBridge.Model.AclAction;
using AclRule = Serval.VppBridge.Model.AclRule;
using PortRange = Serval.VppBridge.Model.PortRange;

namespace Serval.VppBridge.Tests.EndToEnd;

public sealed class RandomTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_requests_leave_vpp_as_the_model_says_and_change_nothing_when_repeated(int seed)
    {
        var random = new Random(seed);
        await using Gateway gateway = await Gateway.StartAsync();
        Dictionary<string, int> acls = [];
        Dictionary<string, string[]> lists = [];
        for (int i = 0; i < 60; i++)
        {
            string name = "acl-" + random.Next(5);
            string over = random.Next(2) == 0 ? "host-va" : "host-vb";
            Func<Task<Change>>? request = null;
            switch (random.Next(4))
            {
                case 0 or 1:
                    int count = random.Next(1, 6);
                    acls[name] = count;
                    request = () => gateway.ApplyAsync(
                        Gateway.Acl(name, [.. Enumerable.Range(0, count).Select(
                        n => Gateway.Rule(Vpp.V1.AclAction.Permit, $"10.{n}.0.0/16"))]));
                    break;
                case 2:
                    string[] chosen = [.. acls.Keys.OrderBy(_ => random.Next())
                        .Take(random.Next(acls.Count + 1))];
                    lists[over] = chosen;
                    request = () => gateway.BindAsync(over, chosen, []);
                    break;
                case 3 when acls.ContainsKey(name) && !lists.Values.Any(l => l.Contains(name)):
                    acls.Remove(name);
                    request = async () => (await gateway.CallAsync(
                        "DeleteAcl", new DeleteAclRequest { Name = name, AllowMissing = true },
                        DeleteAclResponse.Parser)).Change;
                    break;
            }

            if (request is null)
                continue;
            await request();
            Assert.False((await request()).Changed, $"seed {seed}, step {i}: repeating changed something");
            RequireSame(gateway.Vpp.State, acls, lists, $"seed {seed}, step {i}");
        }
    }

    [Fact]
    public void Any_rule_that_is_rendered_is_read_back_as_itself()
    {
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            AclRule[] rules = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomRule(random))];
            var state = new SimulatedState();
            var cli = new SimulatedCli(state, 1);
            cli.Run(CliAclText.RenderSet(new Model.Acl("a", rules), null).ToString());
            VppAcl read = Assert.Single(CliAclText.ParseShow(cli.Run("show acl-plugin acl")));
            Assert.Equal(rules, read.Rules);
        }
    }

    private static void RequireSame(
        SimulatedState state, Dictionary<string, int> acls, Dictionary<string, string[]> lists, string when)
    {
        Assert.True(
            acls.OrderBy(a => a.Key).Select(a => (Tag: "serval:" + a.Key, a.Value)).SequenceEqual(
                state.Acls.Values.Select(a => (a.Tag, a.Rules.Count)).OrderBy(a => a.Tag)), when);
        foreach (KeyValuePair<string, string[]> list in lists)
        {
            Assert.True(
                list.Value.Select(n => "serval:" + n).SequenceEqual(
                    state.Lists[state.Find(list.Key)!.Index].Inputs.Select(a => state.Acls[a].Tag)), when);
        }
    }

    private static AclRule RandomRule(Random random)
    {
        bool isV6 = random.Next(2) == 0;
        byte protocol = (byte)random.Next(256);
        return new AclRule(
            (AclAction)random.Next(3), RandomNetwork(random, isV6), RandomNetwork(random, isV6), protocol,
            RandomPorts(random), RandomPorts(random), protocol == 6 ? (byte)18 : (byte)0, protocol == 6
                ? (byte)2 : (byte)0);
    }

    private static PortRange RandomPorts(Random random)
    {
        int first = random.Next(65536);
        return new PortRange((ushort)first, (ushort)random.Next(first, 65536));
    }

    private static IpPrefix RandomNetwork(Random random, bool isV6)
    {
        var bytes = new byte[isV6 ? 16 : 4];
        random.NextBytes(bytes);
        int length = random.Next((bytes.Length * 8) + 1);
        return new IpPrefix(new IpPrefix(new System.Net.IPAddress(bytes), length).Masked(), length);
    }
}
