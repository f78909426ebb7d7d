using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Model;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Tests.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>What is written has one reading, and it is the one that was received.</summary>
public sealed class FilteringPropertyTests : IDisposable
{
    private static readonly Gen<string> Line =
        from name in Gen.Elements(
            "Accept", "X-A", "x-b", "Cookie", "Keep-Alive", "X-Forwarded-For", "x_u", "Via", "X-Gone", "TE",
            "!#$%&'*+-.^`|~")
        from value in Gen.Elements("", "a", "trailers", "a, b;q=0.1", "\u00e9\t\"", "100-continue", ": x")
        from blank in Gen.Elements("", " ", "\t ")
        select $"{name}:{blank}{value}{blank}\r\n";

    private static readonly Gen<string> Framing = Gen.Elements(
        "", "Content-Length: 7\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\nContent-Length: 1\r\n", "Connection: X-Gone, close\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\n");

    private static readonly Gen<string> Valid =
        from method in Gen.Elements("GET", "POST", "M-SEARCH", "OPTIONS")
        from target in Gen.Elements("/", "/a/b?c", "//x?", "/%20;y", "http://b:1/p", "HTTPS://b?q", "/a?\\|%")
        from version in Gen.Elements("1.0", "1.1", "1.1")
        from before in Line.ListOf().Resize(20)
        from framing in Framing
        from after in Line.ListOf().Resize(20)
        select $"{method} {target} HTTP/{version}\r\n{string.Concat(before)}Host: a\r\n"
            + $"{framing}{string.Concat(after)}\r\n";

    private readonly FilterBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_generated_request_survives_writing_and_parsing() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Valid.ToArbitrary(), text =>
        {
            if (NewRequest().Parse(Bytes(text)) == ParseStatus.Complete)
                AssertSurvives(_bench, text);
            else
                Assert.Contains("HTTP/1.0\r\n", text, StringComparison.Ordinal);
        }));

    [Fact]
    public void Whatever_hostile_request_is_let_in_goes_on_with_one_reading() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
        {
            RequestHead head = NewRequest();
            if (head.Parse(Bytes(text)) == ParseStatus.Complete && !head.Authority.IsEmpty)
                AssertSurvives(_bench, text);
        }));

    [Fact]
    public void No_redirect_is_split() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
        {
            if (NewRequest().Parse(Bytes(text)) != ParseStatus.Complete)
                return;
            using FilterBench bench =
                new("/", [new RedirectFilter { Path = new PathChange(PathChangeKind.ReplacePrefix, "/n") }]);
            byte[] written = Bytes(bench.Redirect(text));
            ResponseHead reply = NewResponse();
            Assert.Equal(ParseStatus.Complete, reply.Parse(written, MethodKind.Get, false));
            Assert.Equal(written.Length, reply.Length);
            Assert.InRange(reply.Count, 3, 4);
        }));

    private static void AssertSurvives(FilterBench bench, string text)
    {
        byte[] input = Bytes(text);
        string written = bench.Request(text);
        byte[] output = Bytes(written);
        RequestHead sent = bench.Head;
        RequestHead received = Parse(written);
        Assert.Equal(output.Length, received.Length);
        Assert.Equal(Text(sent.MethodRange.Of(input)), Text(received.MethodRange.Of(output)));
        Assert.Equal(Text(sent.Path(input)), Text(received.Path(output)));
        Assert.Equal(Text(sent.QueryRange.Of(input)), Text(received.QueryRange.Of(output)));
        Assert.Equal(Text(sent.Authority.Of(input)), Text(received.Authority.Of(output)));
        Assert.Equal(sent.ContentLength, received.ContentLength);
        Assert.Equal(sent.IsChunked, received.IsChunked);
        Assert.Equal(sent.ExpectsContinue, received.ExpectsContinue);
        Assert.Equal(sent.AcceptsTrailers, received.AcceptsTrailers);
        Assert.Equal(Text(sent.UpgradeRange.Of(input)), Text(received.UpgradeRange.Of(output)));

        List<string> expected = EndToEnd(sent, input);
        Assert.True(sent.LacksTrace);
        expected.Add(FilterBench.TraceParent);
        expected.Add(sent.HttpMinor == 0 ? "Via=1.0 serval" : "Via=1.1 serval");
        Assert.Equal(expected, EndToEnd(received, output));
    }

    private static List<string> EndToEnd(RequestHead head, byte[] input)
    {
        List<string> lines = [];
        foreach (HeaderField field in head.Fields)
        {
            if (!field.IsDropped)
                lines.Add($"{Text(field.Name(input))}={Text(field.Value(input))}");
        }

        return lines;
    }
}
