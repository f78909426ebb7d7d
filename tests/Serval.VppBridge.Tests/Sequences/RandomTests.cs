using System.Globalization;
using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Sequences;

public sealed class RandomTests
{
    private const int SequencesCount = 240;

    [Fact]
    public Task Any_sequence_of_requests_and_faults_leaves_vpp_as_the_model_says() => Parallel.ForEachAsync(
        Enumerable.Range(0, SequencesCount), async (seed, _) => await new RandomSequence(seed).RunAsync());

    [Fact]
    public Task One_seed() => new RandomSequence(int.Parse(
        Environment.GetEnvironmentVariable("SERVAL_SEED") ?? "0", CultureInfo.InvariantCulture)).RunAsync();

    [Fact]
    public void Any_rule_that_is_rendered_is_read_back_as_itself()
    {
        var random = new Random(7);
        for (int i = 0; i < 1000; i++)
        {
            AclRule[] rules = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomRule(random))];
            var state = new SimulatedState();
            var cli = new SimulatedCli(state, 1);
            cli.Run(CliAclText.RenderSet(new Acl("a", rules), null).ToString());
            VppAcl read = Assert.Single(CliAclText.ParseShow(cli.Run("show acl-plugin acl")));
            Assert.Equal(rules, read.Rules);
            var writer = new Serval.VppBridge.Api.ApiWriter();
            Serval.VppBridge.Api.ApiAcls.Write(writer, 3, new Acl("a", rules));
            Assert.Equal(rules, Serval.VppBridge.Api.ApiAcls.ReadDetails(writer.ToArray()).Rules);
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
