using System.CommandLine;
using Serval.CommandLine;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

public sealed class VerbsTests
{
    [Fact]
    public async Task The_help_names_every_verb()
    {
        (int exitCode, string output, _) = await ServalProcess.RunAsync("--help");
        Assert.Equal(0, exitCode);
        foreach (Command verb in Verbs.For([]))
            Assert.Contains($"\n  {verb.Name} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_creates_the_verb_that_it_needs_and_no_other()
    {
        string[] names = [.. Verbs.For(["--help"]).Select(verb => verb.Name)];
        Assert.Contains("run", names);
        Assert.Contains("vpp", names);
        foreach (string name in names)
            Assert.Equal([name], Verbs.For([name, "--help"]).Select(verb => verb.Name));
        Assert.Empty(Verbs.For(["--version"]));
        Assert.Equal(names.Length, Verbs.For(["rum"]).Count()); // suggestions need them
    }

    [Fact]
    public async Task A_verb_that_does_not_exist_is_a_mistake_that_is_named()
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync("vp");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("'vp'", errors, StringComparison.Ordinal);
    }
}
