using System.CommandLine;
using Serval.CommandLine;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

public sealed class VerbsTests
{
    [Fact]
    public void Each_verb_is_made_by_the_name_that_it_has()
    {
        foreach ((string name, Func<Command> create) in Verbs.All)
            Assert.Equal(name, create().Name);
    }

    [Theory]
    [InlineData("run", "run vpp")]
    [InlineData("vpp", "vpp acls --help")]
    [InlineData("vpp-gateway", "vpp-gateway")]
    public void A_verb_that_is_named_first_is_made_alone(string verb, string line) =>
        Assert.Equal([verb], Verbs.For(line.Split(' ')).Select(made => made.Name));

    [Theory]
    [InlineData("--help")]
    [InlineData("vp")]
    [InlineData("[suggest] run")]
    [InlineData("@file")]
    public void All_verbs_are_made_for_anything_else(string line)
    {
        Assert.Equal(Verbs.All.Length, Verbs.For(line.Split(' ')).Count());
        Assert.Equal(Verbs.All.Length, Verbs.For([]).Count());
    }

    [Fact]
    public async Task A_router_does_not_carry_what_only_VPP_needs()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess process = ServalProcess.Start(
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await process.WaitForLineAsync("Snapshot [0-9a-f]{16} is live");
        string maps = await File.ReadAllTextAsync($"/proc/{process.Id}/maps");
        Assert.Contains("/Serval.Control.dll", maps, StringComparison.Ordinal);
        foreach (string library in (string[])["Google.Protobuf", "Serval.Grpc", "Serval.VppBridge"])
            Assert.DoesNotContain($"/{library}.dll", maps, StringComparison.Ordinal);
    }
}
