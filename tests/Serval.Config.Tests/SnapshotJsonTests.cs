using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.Config.Tests;

public sealed class SnapshotJsonTests
{
    [Fact]
    public void Snapshots_survive_the_round_trip() =>
        Prop.ForAll(Scenario.Any(), s => RoundTrips(s.Snapshot))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Everything_that_a_snapshot_can_say_survives_the_round_trip()
    {
        Assert.True(RoundTrips(Sample.Full()));
        Assert.True(RoundTrips(TlsSample.Full()));
        string json = Text(Sample.Full());
        Snapshot refused = Sample.Of(
            Sample.Route("r", []) with { Rules = [new HttpRule { IsRefused = true }] });
        Assert.True(RoundTrips(refused));
        Assert.Contains("\"isRefused\":true", Text(refused), StringComparison.Ordinal);
        Assert.Contains("""{"cluster":"c","weight":0,""", json, StringComparison.Ordinal);
        Assert.Contains("""{"type":"redirect","scheme":"https",""", json, StringComparison.Ordinal);
        Assert.Contains("""{"kind":"prefix","value":"/a/"}""", json, StringComparison.Ordinal);
        Assert.Contains("[a-z]+", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_gets_the_same_bytes()
    {
        Snapshot large = Sample.Of(
        [
            .. Enumerable.Range(0, 2_000)
                .Select(i => Sample.Route($"r{i}", ["a+b.test"], Sample.Pattern("[+]"))),
        ]);
        foreach (Snapshot snapshot in (Snapshot[])[Sample.Full(), TlsSample.Full(), large])
        {
            using MemoryStream stream = new();
            SnapshotJson.Write(snapshot, stream);
            Assert.Equal(SnapshotJson.Write(snapshot), stream.ToArray());
        }
    }

    [Fact]
    public void Initial_values_are_not_written_and_return_when_absent()
    {
        Snapshot snapshot = Sample.Of(Sample.Route("r", [], new Match()) with { CreatedAtMs = 0 });
        string json = Text(snapshot);
        Assert.Equal(
            """
            {"version":"1","listeners":[{"name":"web","port":80,"protocol":"http"}],
            "routes":[{"name":"r","attachments":[{"listener":"web"}],
            "rules":[{"matches":[{}],"backends":[{"cluster":"c"}]}]}],"clusters":[{"name":"c"}],
            "endpointSets":[{"cluster":"c","endpoints":[{"address":"192.0.2.1","port":8080}]}]}
            """.ReplaceLineEndings(""),
            json);
        Snapshot back = Read(json)!;
        Assert.Equal(1, back.Routes[0].Rules[0].Backends[0].Weight);
        Assert.Equal(0, back.Clusters[0].ConnectTimeoutMs);
        Assert.False(back.Routes[0].Rules[0].Filters.IsDefault);
        Snapshot sets = Read("""{"version":"1","endpointSets":[{"cluster":"c"}]}""")!;
        Assert.False(sets.EndpointSets[0].Endpoints.IsDefault);
        Assert.Equal(302, ((RedirectFilter)Read("""
            {"version":"1","routes":[{"name":"r","rules":[{"filters":[{"type":"redirect"}]}]}]}
            """)!.Routes[0].Rules[0].Filters[0]).Status);
    }

    [Fact]
    public async Task The_indented_form_says_the_same()
    {
        byte[] indented = await IndentedJson.OfAsync(Sample.Full());
        Assert.Contains((byte)'\n', indented);
        Assert.Equal(Text(Sample.Full()), Text(SnapshotJson.Read(indented, out _)!));
    }

    [Theory]
    [InlineData("", "", Reasons.MalformedJson)]
    [InlineData("{", "", Reasons.MalformedJson)]
    [InlineData("{\"version\":\"1\",}", "", Reasons.MalformedJson)]
    [InlineData("{\"version\":\"1\"} x", "", Reasons.MalformedJson)]
    [InlineData("{\"version\":\"\u0001\"}", "version", Reasons.MalformedJson)]
    [InlineData("null", "", Reasons.UnexpectedJson)]
    [InlineData("[]", "", Reasons.UnexpectedJson)]
    [InlineData("{}", "", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":1}", "version", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":null}", "version", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"version\":\"2\"}", "version", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"extra\":1}", "extra", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"clusters\":null}", "clusters", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"clusters\":[{\"name\":\"c\",\"x\":0}]}", "clusters[0].x",
        Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"clusters\":[{}]}", "clusters[0]", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"listeners\":[{\"name\":\"a\",\"port\":1,\"protocol\":\"ftp\"}]}",
        "listeners[0].protocol", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"listeners\":[{\"name\":\"a\",\"port\":1,\"protocol\":0}]}",
        "listeners[0].protocol", Reasons.UnexpectedJson)]
    [InlineData(
        "{\"version\":\"1\",\"listeners\":[{\"name\":\"a\",\"port\":99999999999,\"protocol\":\"http\"}]}",
        "listeners[0].port", Reasons.UnexpectedJson)]
    [InlineData(
        "{\"version\":\"1\",\"routes\":[{\"name\":\"a\",\"rules\":[{\"filters\":[{\"type\":\"x\"}]}]}]}",
        "routes[0].rules[0].filters[0]", Reasons.UnexpectedJson)]
    [InlineData("{\"version\":\"1\",\"routes\":[{\"name\":\"a\",\"rules\":[{\"filters\":[{}]}]}]}", null,
        Reasons.UnexpectedJson)]
    public void What_is_not_a_snapshot_is_a_finding_with_its_place(string json, string? field, string reason)
    {
        Assert.Null(SnapshotJson.Read(Encoding.UTF8.GetBytes(json), out ImmutableArray<Finding> findings));
        Finding finding = Assert.Single(findings);
        Assert.Equal(reason, finding.Reason);
        if (field is not null)
            Assert.Equal(field, finding.Field);
    }

    [Fact]
    public void A_malformed_text_is_a_finding_with_line_and_byte()
    {
        SnapshotJson.Read("{\n  \"version\": x\n}"u8, out ImmutableArray<Finding> findings);
        Assert.Contains("(line 2, byte 14)", findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        string deep = $$"""{"version":{{new string('[', 100_000)}}""";
        Assert.Null(SnapshotJson.Read(Encoding.UTF8.GetBytes(deep), out ImmutableArray<Finding> findings));
        Assert.Single(findings);
    }

    [Fact]
    public void Any_damage_to_a_snapshot_is_a_finding_or_another_snapshot_but_never_an_exception()
    {
        byte[] whole = SnapshotJson.Write(Sample.Full());
        for (int length = 0; length < whole.Length; length++)
            Assert.Null(SnapshotJson.Read(whole.AsSpan(0, length), out _));
        for (int at = 0; at < whole.Length; at++)
        {
            foreach (byte replacement in "\"{}[]:,0n\xff"u8)
            {
                byte[] damaged = [.. whole];
                damaged[at] = replacement;
                Snapshot? read = SnapshotJson.Read(damaged, out ImmutableArray<Finding> findings);
                Assert.Equal(read is null, findings.Length == 1);
                if (read is not null)
                    _ = SnapshotValidator.Validate(read);
            }
        }
    }

    [Fact]
    public void Nulls_among_items_are_left_to_the_validator()
    {
        Snapshot read = Read("""
            {"version":"1","listeners":[null],"routes":[null,{"name":"r","attachments":[null],"rules":[null,
            {"matches":[null,{"headers":[null]}],"filters":[null],"backends":[null]}]}],"clusters":[null],
            "endpointSets":[null,{"endpoints":[null]}]}
            """)!;
        Assert.NotEmpty(SnapshotValidator.Validate(read));
        Assert.True(RoundTrips(read));
    }

    [Fact]
    public void Absent_arrays_can_be_written() => Assert.Equal(
        """{"version":"1"}""", Text(new Snapshot { Version = "1", Listeners = default, Routes = default }));

    [Fact]
    public void Every_property_of_the_model_is_part_of_the_form()
    {
        foreach (Type type in typeof(Snapshot).Assembly.GetTypes())
        {
            if (type.Namespace != typeof(Snapshot).Namespace || !type.IsSealed || type.IsEnum
                || type.IsNested || type.IsAbstract)
                continue;
            JsonTypeInfo contract = SnapshotJsonContract.Options.GetTypeInfo(type);
            PropertyInfo[] properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
            Assert.Equal(
                properties.Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..])
                    .Order(StringComparer.Ordinal),
                contract.Properties.Select(p => p.Name).Where(n => n != "type")
                    .Order(StringComparer.Ordinal));
        }
    }

    private static bool RoundTrips(Snapshot snapshot)
    {
        byte[] written = SnapshotJson.Write(snapshot);
        Snapshot? read = SnapshotJson.Read(written, out ImmutableArray<Finding> findings);
        Assert.Empty(findings);
        Assert.Equal(Described.Of(snapshot), Described.Of(read));
        return SnapshotJson.Write(read!).AsSpan().SequenceEqual(written);
    }

    private static Snapshot? Read(string json)
    {
        Snapshot? read =
            SnapshotJson.Read(Encoding.UTF8.GetBytes(json), out ImmutableArray<Finding> findings);
        Assert.Empty(findings);
        return read;
    }

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(SnapshotJson.Write(snapshot));
}
