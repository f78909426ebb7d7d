using System.Text;
using Serval.Config.Validating;
using Serval.Control.Files;
using Serval.Control.Kubernetes;
using Serval.Control.Store;

namespace Serval.Control.Tests.Files;

public sealed class MangledInputTests
{
    private static readonly string[] Fragments =
    [
        "\n", "---\n", ": ", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "!", "|\n", ">\n", "# ", "\t",
        "null", "0", "-1", "99999999999", "1.5", "true", "\"\\ud800\"", "\"\\0\"", "é", "\u2028", "*", "?",
        ",", "%", "@", "name: ", "spec: ", "rules: ", "value: \"(\"\n", "2001:db8::1", "%41", "",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_stands_in_a_file_the_snapshot_is_valid_and_nothing_is_thrown(int seed)
    {
        Random random = new(seed);
        foreach (string folder in Directory.GetDirectories(GoldenCase.Root).Order(StringComparer.Ordinal))
        {
            string input = File.ReadAllText(Path.Combine(folder, "input.yaml"));
            for (int round = 0; round < 8; round++)
            {
                string mangled = Mangle(input, random);
                try
                {
                    ParsedFile file = FileParser.Parse("input.yaml", Encoding.UTF8.GetBytes(mangled));
                    ChangeBatch batch = new()
                    {
                        Upserts = [.. file.Objects.Select(loaded => loaded.Resource)],
                        Synced = [.. ResourceKind.All],
                    };
                    ControlPlane plane = new(new TranslationOptions(), ResourceKind.All);
                    Translation translation = plane.Apply(batch)!;
                    Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
                }
                catch (Exception exception)
                {
                    string name = Path.GetFileName(folder);
                    Assert.Fail($"seed {seed}, {name}, round {round}: {exception}\n{mangled}");
                }
            }
        }
    }

    private static string Mangle(string text, Random random)
    {
        StringBuilder result = new(text);
        for (int edits = random.Next(1, 6); edits > 0 && result.Length > 0; edits--)
        {
            int at = random.Next(result.Length);
            int length = Math.Min(random.Next(1, 12), result.Length - at);
            string fragment = Fragments[random.Next(Fragments.Length)];
            switch (random.Next(4))
            {
                case 0:
                    result.Remove(at, length);
                    break;
                case 1:
                    result.Insert(at, result.ToString(at, length));
                    break;
                case 2:
                    result.Insert(at, fragment);
                    break;
                default:
                    // Replace a whole value, so that most documents stay readable.
                    string whole = result.ToString();
                    int colon = whole.IndexOf(": ", at, StringComparison.Ordinal);
                    int end = colon < 0 ? -1 : whole.IndexOfAny(['\n', ',', '}', ']'], colon);
                    if (end > 0)
                        result.Remove(colon + 2, end - colon - 2).Insert(colon + 2, fragment);
                    break;
            }
        }
        return result.ToString();
    }
}
