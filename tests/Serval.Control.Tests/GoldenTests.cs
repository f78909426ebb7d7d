using System.Collections.Immutable;

namespace Serval.Control.Tests;

public sealed class GoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Objects_become_the_snapshot_status_and_findings_of_the_golden(string name)
    {
        string folder = Path.Combine(GoldenCase.Root, name);
        ImmutableSortedDictionary<string, string> actual =
            GoldenCase.Translate(Path.Combine(folder, "input.yaml"));
        foreach ((string file, string text) in actual)
        {
            string path = Path.Combine(folder, file);
            if (Environment.GetEnvironmentVariable("SERVAL_GOLDENS") == "rewrite")
                File.WriteAllText(path, text);
            Assert.True(File.Exists(path), $"{path} is missing; write it with SERVAL_GOLDENS=rewrite");
            Assert.Equal(File.ReadAllText(path), text);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_order_of_documents_changes_no_byte(string name)
    {
        string input = File.ReadAllText(Path.Combine(GoldenCase.Root, name, "input.yaml"));
        if (input.StartsWith(GoldenCase.OrderDecides, StringComparison.Ordinal))
            return;
        ImmutableSortedDictionary<string, string> expected =
            GoldenCase.Translate(Path.Combine(GoldenCase.Root, name, "input.yaml"));
        using TempFolder folder = new();
        string shuffled = folder.PathOf("input.yaml");
        for (int seed = 1; seed <= 5; seed++)
        {
            // At the start of a line: a certificate has such dashes too.
            string[] documents = input.Split("\n---\n");
            new Random(seed).Shuffle(documents);
            File.WriteAllText(shuffled, string.Join("\n---\n", documents));
            ImmutableSortedDictionary<string, string> actual = GoldenCase.Translate(shuffled);
            Assert.Equal(expected["snapshot.json"], actual["snapshot.json"]);
            Assert.Equal(expected["status.yaml"], actual["status.yaml"]);
            Assert.Equal(
                GoldenCase.WithoutLines(expected["findings.txt"]),
                GoldenCase.WithoutLines(actual["findings.txt"]));
        }
    }

    [Fact]
    public void The_goldens_are_found() =>
        Assert.True(Cases.Count >= 150, $"only {Cases.Count} cases below {GoldenCase.Root}");
}
