using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Model;
using Serval.Config.Wire;
using Serval.Config.Wire.Reading;

namespace Serval.Config.Tests;

/// <summary>The serialiser is the oracle: what is read the plain way is what it would have read.</summary>
public sealed class PlainReaderTests
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1.5", "1e2", "1.0", "99999999999", "99999999999999999999",
        "\"\"", "\"x\"", "\"HTTP\"", "\"Prefix\"", "\"redirect\"", "[]", "[null]", "[\"x\"]", "{}",
        "{\"name\":\"x\"}",
    ];

    [Fact]
    public void What_is_written_is_read_the_plain_way() =>
        Prop.ForAll(Scenario.Any(), scenario =>
        {
            byte[] written = SnapshotJson.Write(scenario.Snapshot);
            Assert.NotNull(PlainReader.Read<Snapshot>(written));
            AssertSame<Snapshot>(written);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public async Task The_indented_form_and_deltas_are_read_the_plain_way()
    {
        byte[] indented = await IndentedJson.OfAsync(Sample.Full());
        Assert.NotNull(PlainReader.Read<Snapshot>(indented));
        AssertSame<Snapshot>(indented);
        Assert.NotNull(PlainReader.Read<Snapshot>(SnapshotJson.Write(TlsSample.Full())));
        Snapshot full = Sample.Full();
        byte[] delta = SnapshotJson.Write(new SnapshotDelta
        {
            BaseVersion = "1",
            Version = "2",
            Changed = new SnapshotChanges { Routes = full.Routes, EndpointSets = full.EndpointSets },
            Removed = new SnapshotRemovals { Clusters = ["a", "b"] },
        });
        Assert.NotNull(PlainReader.Read<SnapshotDelta>(delta));
        AssertSame<SnapshotDelta>(delta);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_anywhere_is_never_read_otherwise_than_by_the_serialiser(bool hasTls)
    {
        byte[] whole = SnapshotJson.Write(hasTls ? TlsSample.Full() : Sample.Full());
        for (int at = 0; at < whole.Length; at++)
        {
            AssertSame<Snapshot>(whole[..at]);
            foreach (byte replacement in "\"{}[]:,0n\\\xff"u8)
            {
                byte[] damaged = [.. whole];
                damaged[at] = replacement;
                AssertSame<Snapshot>(damaged);
            }
        }
    }

    // Every value in turn is absent, of every other type, there twice, or has an unknown one beside it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_of_form_anywhere_are_never_read_otherwise_than_by_the_serialiser(bool hasTls)
    {
        string whole = Encoding.UTF8.GetString(
            SnapshotJson.Write(hasTls ? TlsSample.Full() : Sample.Full()));
        int count = Nodes(JsonNode.Parse(whole)!).Count();
        int plain = 0;
        for (int i = 1; i < count; i++)
        {
            foreach (string value in Values)
                plain += Change(whole, i, (node, _) => Replace(node, JsonNode.Parse(value)));
            plain += Change(whole, i, Remove);
            plain += Change(whole, i, Beside);
            plain += Change(whole, i, Twice);
        }

        Assert.InRange(plain, 300, int.MaxValue);
    }

    [Theory]
    [InlineData("""{"\u0076ersion":"1"}""", false)]
    [InlineData("""{"version":"\u0031"}""", true)]
    [InlineData("""{"version":"1","listeners":[{"name":"a","port":1,"protocol":"HTTP"}]}""", false)]
    [InlineData("""
        {"version":"1","routes":[{"name":"a","rules":[{"filters":[{"status":301,"path":{"value":"/","kind":
        "replaceFull"},"type":"redirect"}]}]}]}
        """, true)]
    public void What_is_right_but_unusual_is_taken(string json, bool isPlain)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        Assert.Equal(isPlain, PlainReader.Read<Snapshot>(utf8) is not null);
        AssertSame<Snapshot>(utf8);
        Assert.NotNull(SnapshotJson.Read(utf8, out _));
    }

    [Fact]
    public void Strings_that_are_the_same_are_made_once_and_others_stay_apart()
    {
        string[] names =
            [.. Enumerable.Range(0, 50_000).Select(i => $"{i % 25_000}\u00e9{(i % 2 == 0 ? "" : "x")}")];
        Snapshot snapshot =
            new() { Version = "1", Clusters = [.. names.Select(name => new Cluster { Name = name })] };
        Snapshot read = PlainReader.Read<Snapshot>(SnapshotJson.Write(snapshot))!;
        Assert.Equal(names, read.Clusters.Select(cluster => cluster.Name));
        read = PlainReader.Read<Snapshot>(SnapshotJson.Write(Sample.Of(
            Sample.Route("a", ["same.example"]), Sample.Route("b", ["same.example"]))))!;
        Assert.Same(
            read.Routes[0].Attachments[0].Hostnames[0], read.Routes[1].Attachments[0].Hostnames[0]);
    }

    private static readonly JsonSerializerOptions Options = SnapshotJsonContract.Options;

    private static int Change(string whole, int index, Func<JsonNode, string, string> change)
    {
        JsonNode node = Nodes(JsonNode.Parse(whole)!).ElementAt(index);
        return AssertSame<Snapshot>(Encoding.UTF8.GetBytes(change(node, whole))) ? 1 : 0;
    }

    private static string Replace(JsonNode node, JsonNode? value)
    {
        JsonNode root = node.Root;
        node.ReplaceWith(value);
        return root.ToJsonString(Options);
    }

    private static string Remove(JsonNode node, string text)
    {
        JsonNode root = node.Root;
        if (node.Parent is JsonObject owner) owner.Remove(node.GetPropertyName());
        else node.Parent!.AsArray().RemoveAt(node.GetElementIndex());
        return root.ToJsonString(Options);
    }

    private static string Beside(JsonNode node, string text)
    {
        string value = node.ToJsonString(Options);
        return text.Replace(value, $"{value},\"x\":1", StringComparison.Ordinal);
    }

    private static string Twice(JsonNode node, string text)
    {
        if (node.Parent is not JsonObject) return text;
        string member = $"\"{node.GetPropertyName()}\":{node.ToJsonString(Options)}";
        return text.Replace(member, $"{member},{member}", StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        IEnumerable<JsonNode?> items = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray array => array,
            _ => [],
        };
        return [node, .. items.SelectMany(item => item is null ? [] : Nodes(item))];
    }

    // True when it was read the plain way.
    private static bool AssertSame<T>(byte[] utf8) where T : class
    {
        if (PlainReader.Read<T>(utf8) is not { } plain) return false;
        object? whole = JsonSerializer.Deserialize(utf8, Options.GetTypeInfo(typeof(T)));
        Assert.Equal(Described.Of(whole), Described.Of(plain));
        return true;
    }
}
