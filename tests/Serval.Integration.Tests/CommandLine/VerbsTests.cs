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
        {
            // These two speak of all the others.
            if (name is not ("help" or "man"))
                Assert.Equal([name], Verbs.For([name, "--help"]).Select(verb => verb.Name));
        }
        Assert.Empty(Verbs.For(["--version"]));
        Assert.Equal(names.Length, Verbs.For(["rum"]).Count()); // suggestions need them
    }
}
