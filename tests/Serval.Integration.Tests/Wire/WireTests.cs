using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Wire;

/// <summary>
/// The wire table: for each row, what the client got and which bytes the upstream saw. Behind every row that
/// leaves the connection open, a request that must arrive alone: nothing may be left over on either side.
/// </summary>
public sealed partial class WireTests(WireScene scene) : IClassFixture<WireScene>
{
    private const int RowsMin = 150;
    private const string Probe = "GET /probe HTTP/1.1\r\nHost: probe.test\r\n\r\n";
    private static readonly WireRow[] All =
    [
        .. RequestLineRows.All, .. HostRows.All, .. FieldRows.All, .. FramingRows.All, .. ChunkRows.All,
        .. PathRows.All, .. ConnectionRows.All, .. ResponseRows.All, .. TrailerRows.All,
        .. FilterRows.All,
    ];

    public static TheoryData<string> Rows => [.. All.Select(row => row.ToString())];

    [Fact]
    public void The_table_has_rows_for_every_subject_and_names_none_twice()
    {
        Assert.True(All.Length >= RowsMin, $"{All.Length} rows");
        Assert.Equal(All.Length, All.Select(row => row.ToString()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(All, row => Assert.Matches(@"^(RFC \d+ §[\d.]+|CVE-\d+-\d+|[A-Za-z][A-Za-z0-9 +/-]+)$",
            row.Source));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Both_sides_see_what_the_row_says(string name)
    {
        WireRow row = All.Single(one => one.ToString() == name);
        scene.Upstream.Reply = row.Reply;
        scene.Upstream.IsReplyLast = row.IsReplyLast;
        await using RawClient client = await RawClient.ConnectAsync(scene.PortOf(row.Listener));
        await client.SendAsync(row.Request);
        bool isHead = row.Request.TrimStart('\r', '\n').StartsWith("HEAD ", StringComparison.Ordinal);
        foreach (string expected in row.Client.Split(" | "))
            AssertResponse(expected, await client.ReadAsync(isHead));
        if (row.Upstream is not null)
            AssertUpstream(row);
        if (row.Stays)
            await ProbeAsync(client, row.Listener);
        else
            Assert.Equal("", Encoding.Latin1.GetString(await client.ReadToEndAsync()));
        Assert.True(scene.Upstream.IsAllTaken, "The upstream saw more than the row says.");
    }

    private static void AssertResponse(string expected, RawResponse response)
    {
        // Each answer has one id; what comes before it has none.
        bool isInterim = response.Status is >= 100 and < 200 and not 101;
        Assert.Equal(isInterim ? 0 : 1, IdLine().Count(response.Head));
        if (expected.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            string body = Encoding.Latin1.GetString(response.Body);
            string trailers = response.Trailers.Replace("\n", "\r\n", StringComparison.Ordinal);
            string head = IdLine().Replace(DateLine().Replace(response.Head, ""), "");
            Assert.Equal(expected, $"{head}\r\n{body}{trailers}");
            return;
        }

        string[] parts = expected.Split(' ', 2);
        Assert.Equal(parts[0], response.Status.ToString(CultureInfo.InvariantCulture));
        if (parts.Length == 2)
            Assert.Equal(parts[1], response["X-Serval-Reason"] ?? response.Text);
    }

    private void AssertUpstream(WireRow row)
    {
        StringBuilder seen = new();
        bool isWhole = true;
        while (isWhole && seen.Length < row.Upstream!.Length)
        {
            (string bytes, isWhole) = scene.Upstream.Take();
            seen.Append(WithoutFacts(bytes));
        }

        Assert.Equal(row.Upstream, seen.ToString());
        Assert.Equal(row.IsCut, !isWhole);
    }

    private async Task ProbeAsync(RawClient client, string listener)
    {
        scene.Upstream.Reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nprobe";
        scene.Upstream.IsReplyLast = false;
        await client.SendAsync(Probe);
        Assert.Equal("probe", (await client.ReadAsync()).Text);
        Assert.Equal(Probe, WithoutFacts(scene.Upstream.Take().Bytes));
        Assert.NotEmpty(listener);
    }

    // The lines that say who asked: each must be there once, in this order, behind all that the client sent.
    private static string WithoutFacts(string request)
    {
        Match facts = Facts().Match(request);
        Assert.True(facts.Success, request);
        Assert.Single(Facts().Matches(request));
        return request.Remove(facts.Index, facts.Length);
    }

    [GeneratedRegex(
        @"X-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: \d+\r\n"
        + @"(X-Forwarded-Host: [^\r]+\r\n)?X-Request-Id: (?<id>[0-9a-f]{32})\r\n"
        + @"traceparent: 00-\k<id>-[0-9a-f]{16}-00\r\nVia: 1\.[01] serval\r\n",
        RegexOptions.None, 1_000)]
    private static partial Regex Facts();

    [GeneratedRegex(@"Date: [^\r]*\r\n", RegexOptions.None, 1_000)]
    private static partial Regex DateLine();

    [GeneratedRegex(@"X-Request-Id: [0-9a-f]{32}\r\n", RegexOptions.None, 1_000)]
    private static partial Regex IdLine();
}
