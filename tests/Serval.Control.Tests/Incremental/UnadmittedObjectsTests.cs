using System.Text.Json;
using System.Text.Json.Nodes;
using Serval.Config.Validating;
using Serval.Control.Files;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// What an API server with other definitions may let in: values that no admission of ours has seen.
/// </summary>
public sealed class UnadmittedObjectsTests
{
    private static readonly string[] Texts =
    [
        "", " ", "*", "*.", "..", "UPPER.example.com", "a/b", "/a b", "/%zz", "//", "http", "(a+)+$",
        "((a{1,1000}){1,1000}){1,1000}", "[", "-1", "10.0.0.256", "::", "fe80::1%lo", "\u0000", "ä",
        new string('a', 5_000),
    ];

    private static readonly int[] Numbers = [int.MinValue, -1, 0, 1, 70_000, int.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_stands_in_an_object_the_snapshot_is_valid_and_the_rest_is_served(int seed)
    {
        Random random = new(seed);
        foreach (string folder in Directory.GetDirectories(GoldenCase.Root).Order(StringComparer.Ordinal))
        {
            byte[] input = File.ReadAllBytes(Path.Combine(folder, "input.yaml"));
            for (int round = 0; round < 4; round++)
            {
                Resource[] objects =
                [
                    .. DocumentReader.Read("input.yaml", input, _ => { })
                        .Select(document => Read(document.Root as JsonObject, random))
                        .OfType<Resource>(),
                ];
                try
                {
                    ControlPlane plane = new(new TranslationOptions(), ResourceKind.All);
                    Translation translation = plane.Apply(
                        new ChangeBatch { Upserts = [.. objects], Synced = [.. ResourceKind.All] })!;
                    Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
                    Assert.NotNull(StatusYaml.Write(translation.Status));
                }
                catch (Exception exception)
                {
                    Assert.Fail($"seed {seed}, {Path.GetFileName(folder)}, round {round}: {exception}");
                }
            }
        }
    }

    private static Resource? Read(JsonObject? body, Random random)
    {
        string[] version = ((string?)(body?["apiVersion"] as JsonValue) ?? "").Split('/');
        string group = version.Length == 2 ? version[0] : "";
        if (body?["kind"] is not JsonValue kind || ResourceKind.Find(group, kind.ToString()) is not { } known)
            return null;
        List<JsonNode> leaves = [];
        AddLeaves(body["spec"] ?? body, leaves);
        for (int edits = random.Next(3); edits > 0 && leaves.Count > 0; edits--)
            Replace(leaves[random.Next(leaves.Count)], random);
        try
        {
            return known.Read(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void AddLeaves(JsonNode node, List<JsonNode> leaves)
    {
        IEnumerable<JsonNode?> children =
            node is JsonObject mapping ? mapping.Select(pair => pair.Value) : node.AsArray();
        foreach (JsonNode? child in children)
        {
            if (child is JsonValue)
                leaves.Add(child);
            else if (child is not null)
                AddLeaves(child, leaves);
        }
    }

    private static void Replace(JsonNode leaf, Random random)
    {
        if (leaf.Parent is null)
            return;
        leaf.ReplaceWith(leaf.GetValueKind() == JsonValueKind.Number
            ? JsonValue.Create(Numbers[random.Next(Numbers.Length)])
            : JsonValue.Create(Texts[random.Next(Texts.Length)]));
    }
}
